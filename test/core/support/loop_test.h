// The fixture of every test that needs a loop: its own, and at the end nothing is left on it.
#pragma once

#include <chrono>
#include <functional>

#include <gtest/gtest.h>
#include <uv.h>

namespace connect_hiredis::test {

class LoopTest : public ::testing::Test {
 protected:
  // Far longer than anything here takes, also on a machine that is busy with something else.
  static constexpr std::chrono::milliseconds kBound{10'000};

  LoopTest();
  ~LoopTest() override = default;

  // Closes the loop, which fails if anybody left a handle or a request on it.
  void TearDown() override;

  uv_loop_t* loop() { return &loop_; }

  // Runs the loop until `done`; false if that did not come true.
  bool RunUntil(const std::function<bool()>& done, std::chrono::milliseconds bound = kBound);
  // Lets that time go by: for what must not happen.
  void RunFor(std::chrono::milliseconds time);
  // Runs the loop as an application does; false if it did not end by itself.
  bool RunToTheEnd(std::chrono::milliseconds bound);
  // Does nothing else meanwhile, as JavaScript that computes.
  static void HoldLoop(std::chrono::milliseconds time);

 private:
  uv_loop_t loop_{};
  uv_timer_t bound_{};
};

}  // namespace connect_hiredis::test
