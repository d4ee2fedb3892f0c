#include "connection/deadlines.h"

#include <optional>

#include "support/loop_test.h"

namespace connect_hiredis::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDeadlinesTimeout{300};
// In the future: the timer, which has the real time, does not fire meanwhile.
const Nanoseconds kStart = Now() + std::chrono::hours(1);

Nanoseconds At(int time) { return kStart + milliseconds(time); }

class DeadlinesTest : public LoopTest {
 protected:
  DeadlinesTest()
      : deadlines_(std::in_place, EventLoop{loop(), std::make_shared<CloseBarrier>()},
                   kDeadlinesTimeout, &pending_) {}

  void TearDown() override {
    deadlines_.reset();
    LoopTest::TearDown();
  }

  Command& Submit(int at, std::optional<Nanoseconds> deadline_before = std::nullopt) {
    Command& command = pending_.Acquire();
    command.submitted = At(at);
    command.deadline_before = deadline_before;
    pending_.Append(command);
    deadlines_->Begin(command);
    return command;
  }

  void Block(int from, int to, int last_read = -1000) {
    deadlines_->Postpone(milliseconds(to - from), At(to), At(last_read));
  }

  // How many fail when the timer fires at `time`.
  int Overdue(int time, int last_read = -1000) {
    int overdue = 0;
    while (Command* command = deadlines_->Overdue(At(time), At(last_read))) {
      pending_.Remove(*command);
      pending_.Release(*command);
      ++overdue;
    }
    return overdue;
  }

 private:
  PendingCommands pending_;
  std::optional<Deadlines> deadlines_;
};

TEST_F(DeadlinesTest, ACommandHasItsTime) {
  Submit(0);
  EXPECT_EQ(Overdue(299), 0);
  EXPECT_EQ(Overdue(300), 1);
}

TEST_F(DeadlinesTest, EachHasItsOwn) {
  Submit(0);
  Submit(100);
  EXPECT_EQ(Overdue(399), 1);
  EXPECT_EQ(Overdue(400), 1);
}

TEST_F(DeadlinesTest, OneThatContinuesAnOperationHasTheDeadlineOfItsFirst) {
  const Nanoseconds deadline = Submit(0).deadline;
  EXPECT_EQ(Overdue(300), 1);
  Submit(100);
  Submit(200, deadline);
  EXPECT_EQ(Overdue(299), 0);
  EXPECT_EQ(Overdue(300), 1) << "before the one that is ahead of it";
  EXPECT_EQ(Overdue(399), 0);
  EXPECT_EQ(Overdue(400), 1);
}

TEST_F(DeadlinesTest, SoHasEachOfSeveral) {
  const Nanoseconds first = Submit(0).deadline;
  const Nanoseconds second = Submit(50).deadline;
  EXPECT_EQ(Overdue(350), 2);
  Submit(100);
  Submit(200, first);
  Submit(210, second);
  Submit(220);
  EXPECT_EQ(Overdue(300), 1);
  EXPECT_EQ(Overdue(350), 1);
  EXPECT_EQ(Overdue(400), 1);
  EXPECT_EQ(Overdue(520), 1);
}

TEST_F(DeadlinesTest, WhatBlocksTheLoopPutsThatOffToo) {
  const Nanoseconds deadline = Submit(0).deadline;
  Block(50, 150);
  Submit(200, deadline);
  EXPECT_EQ(Overdue(399), 0);
  EXPECT_EQ(Overdue(400), 2);
}

TEST_F(DeadlinesTest, ABlockDoesNotCount) {
  Submit(0);
  Block(100, 700);
  // It had 200 ms left.
  EXPECT_EQ(Overdue(899), 0);
  EXPECT_EQ(Overdue(900), 1);
}

TEST_F(DeadlinesTest, NorDoesOneThatLastedLongerThanTheTime) {
  Submit(0);
  Block(0, 60'000);
  EXPECT_EQ(Overdue(60'299), 0);
  EXPECT_EQ(Overdue(60'300), 1);
}

TEST_F(DeadlinesTest, BlocksAddUp) {
  Submit(0);
  Block(100, 200);
  Block(300, 500);
  EXPECT_EQ(Overdue(599), 0);
  EXPECT_EQ(Overdue(600), 1);
}

TEST_F(DeadlinesTest, WhatWasSubmittedMeanwhileHasItsTimeAndNoMore) {
  Submit(0);
  Submit(650);
  Submit(690);
  Block(100, 700);
  Submit(701);
  EXPECT_EQ(Overdue(900), 1);
  EXPECT_EQ(Overdue(999), 0);
  EXPECT_EQ(Overdue(1000), 2);
  EXPECT_EQ(Overdue(1001), 1);
}

TEST_F(DeadlinesTest, WhatCameLaterHasNothingOfIt) {
  Block(100, 700);
  Submit(800);
  EXPECT_EQ(Overdue(1099), 0);
  EXPECT_EQ(Overdue(1100), 1);
}

TEST_F(DeadlinesTest, AfterABlockDeadlinesWaitForBytesThatCome) {
  Submit(0);
  Block(290, 900);
  // It had 10 ms left; there was much to be read.
  EXPECT_EQ(Overdue(920), 0);
  EXPECT_EQ(Overdue(1000, 990), 0);
  EXPECT_EQ(Overdue(1100, 1000), 1);
}

TEST_F(DeadlinesTest, ButNotForLongerThanASecondTime) {
  Submit(0);
  Block(290, 900);
  EXPECT_EQ(Overdue(1209, 1209), 0);
  EXPECT_EQ(Overdue(1210, 1210), 1);
}

TEST_F(DeadlinesTest, NotEvenWhenTheLoopIsBlockedAgainAndAgain) {
  Submit(0);
  int now = 0;
  int told = 0;
  // The rest of each turn counts, and bytes come all the time.
  for (int turn = 0; turn < 100 && told == 0; ++turn) {
    Block(now, now + 100, now);
    now += 110;
    told = Overdue(now, now);
  }
  EXPECT_EQ(told, 1);
  EXPECT_EQ(now, 110 * 2 * 300 / 10);
}

TEST_F(DeadlinesTest, WithoutABlockBytesProlongNothing) {
  Submit(0);
  EXPECT_EQ(Overdue(300, 300), 1);
}

}  // namespace
}  // namespace connect_hiredis::test
