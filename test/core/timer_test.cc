#include "loop/timer.h"

#include <optional>

#include "support/loop_test.h"

namespace connect_hiredis::test {
namespace {

using std::chrono::milliseconds;

class TimerTest : public LoopTest {
 protected:
  TimerTest() {
    timer.emplace(EventLoop{loop(), std::make_shared<CloseBarrier>()}, [this] { ++fired; });
  }

  void TearDown() override {
    timer.reset();
    LoopTest::TearDown();
  }

  std::optional<Timer> timer;
  int fired = 0;
};

TEST_F(TimerTest, KeepsTheLoopAliveOnlyIfItIsToldTo) {
  timer->Start(milliseconds(1));
  EXPECT_TRUE(RunToTheEnd(kBound));
  EXPECT_EQ(fired, 0) << "nobody waited for it";
  timer->KeepAlive(true);
  EXPECT_TRUE(RunToTheEnd(kBound));
  EXPECT_EQ(fired, 1);
  timer->Start(milliseconds(1));
  timer->KeepAlive(false);
  EXPECT_TRUE(RunToTheEnd(kBound));
  EXPECT_EQ(fired, 1);
}

TEST_F(TimerTest, OnceItHasFiredTheLoopMayEndAllTheSame) {
  timer->KeepAlive(true);
  EXPECT_TRUE(RunToTheEnd(kBound)) << "it was not started";
  timer->Start(milliseconds(0));
  EXPECT_TRUE(RunToTheEnd(kBound));
  EXPECT_EQ(fired, 1);
}

}  // namespace
}  // namespace connect_hiredis::test
