#include "loop/blocked_time.h"

#include <gtest/gtest.h>

namespace connect_hiredis {
namespace {

using std::chrono::milliseconds;

// A loop whose time is told.
class BlockedTimeTest : public ::testing::Test {
 protected:
  static constexpr Nanoseconds kTurn = BlockedTime::kTurn;

  void Poll(Nanoseconds waited) {
    now_ += waited;
    waited_ += waited;
  }
  void Run(Nanoseconds callbacks) { now_ += callbacks; }
  // The turn is over: how much of it was time for which the loop was blocked.
  Nanoseconds EndTurn() { return blocked_time_.BeforePoll(now_, waited_); }

 private:
  Nanoseconds now_ = std::chrono::hours(1);
  Nanoseconds waited_ = std::chrono::minutes(20);
  BlockedTime blocked_time_{now_, waited_};
};

TEST_F(BlockedTimeTest, ALoopThatWaitsIsNotBlocked) {
  Poll(milliseconds(5000));
  EXPECT_EQ(EndTurn(), milliseconds(0));
}

TEST_F(BlockedTimeTest, AShortTurnIsNoBlock) {
  EndTurn();
  Poll(milliseconds(1));
  Run(kTurn);
  EXPECT_EQ(EndTurn(), milliseconds(0));
}

TEST_F(BlockedTimeTest, OfALongTurnAllButTheFirstPartIsOne) {
  EndTurn();
  Poll(milliseconds(300));
  Run(milliseconds(600));
  EXPECT_EQ(EndTurn(), milliseconds(600) - kTurn);
}

TEST_F(BlockedTimeTest, TheWaitBeforeItDoesNotBelongToIt) {
  EndTurn();
  Poll(milliseconds(3));
  Run(milliseconds(600));
  EXPECT_EQ(EndTurn(), milliseconds(600) - kTurn);
  Poll(milliseconds(4000));
  Run(milliseconds(2));
  EXPECT_EQ(EndTurn(), milliseconds(0));
}

TEST_F(BlockedTimeTest, APollThatFindsSomethingDoesNotWait) {
  EndTurn();
  Poll(milliseconds(0));
  Run(milliseconds(600));
  EXPECT_EQ(EndTurn(), milliseconds(600) - kTurn);
}

TEST_F(BlockedTimeTest, TheFirstTurnBeginsWhenItIsMade) {
  Run(milliseconds(600));
  EXPECT_EQ(EndTurn(), milliseconds(600) - kTurn);
}

TEST_F(BlockedTimeTest, ALoopThatIsBlockedAgainAndAgainGoesOnInEachTurn) {
  EndTurn();
  Nanoseconds counted{0};
  for (int turn = 0; turn < 10; ++turn) {
    Poll(milliseconds(1));
    Run(milliseconds(100));
    counted += milliseconds(101) - EndTurn();
  }
  EXPECT_EQ(counted, 10 * (milliseconds(1) + kTurn));
}

}  // namespace
}  // namespace connect_hiredis
