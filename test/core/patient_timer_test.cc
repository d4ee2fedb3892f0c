#include "loop/patient_timer.h"

#include <optional>

#include "support/loop_test.h"

namespace connect_hiredis::test {
namespace {

using std::chrono::milliseconds;

// As an owner does, asks it after each poll.
// libuv counts whole milliseconds of a clock that it reads once a turn.
constexpr milliseconds kTick{1};

class PatientTimerTest : public LoopTest {
 protected:
  PatientTimerTest() : timer(std::in_place, EventLoop{loop(), std::make_shared<CloseBarrier>()}) {}

  void TearDown() override {
    timer.reset();
    LoopTest::TearDown();
  }

  std::optional<Nanoseconds> RunUntilFired() {
    std::optional<Nanoseconds> fired;
    RunUntil([&] {
      if (!fired) fired = timer->TakeFired();
      return fired.has_value();
    });
    return fired;
  }

  std::optional<PatientTimer> timer;
};

TEST_F(PatientTimerTest, FiresOnce) {
  const Nanoseconds start = Now();
  timer->Start(milliseconds(20));
  const auto fired = RunUntilFired();
  ASSERT_TRUE(fired);
  EXPECT_GE(*fired - start, milliseconds(20) - kTick);
  EXPECT_FALSE(timer->active());
  RunFor(milliseconds(30));
  EXPECT_FALSE(timer->TakeFired());
}

TEST_F(PatientTimerTest, WhatDoesNotCountComesOnTop) {
  const Nanoseconds start = Now();
  timer->Start(milliseconds(20));
  HoldLoop(milliseconds(60));
  timer->Postpone(milliseconds(50));
  const auto fired = RunUntilFired();
  ASSERT_TRUE(fired);
  EXPECT_GE(*fired - start, milliseconds(70) - kTick);
}

TEST_F(PatientTimerTest, EvenIfItHasFiredAndNobodyHasAsked) {
  const Nanoseconds start = Now();
  timer->Start(milliseconds(1));
  RunFor(milliseconds(5));
  timer->Postpone(milliseconds(100));
  EXPECT_FALSE(timer->TakeFired());
  const auto fired = RunUntilFired();
  ASSERT_TRUE(fired);
  // Started a moment ago, it has its time and no more.
  EXPECT_GE(*fired - start, milliseconds(6) - kTick);
}

TEST_F(PatientTimerTest, OneThatIsNotActiveStaysSo) {
  timer->Postpone(milliseconds(1));
  EXPECT_FALSE(timer->active());
  timer->Start(milliseconds(1));
  timer->Stop();
  timer->Postpone(milliseconds(1));
  EXPECT_FALSE(timer->active());
}

}  // namespace
}  // namespace connect_hiredis::test
