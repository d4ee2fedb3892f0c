#include "support/loop_test.h"

#include <csignal>

namespace connect_hiredis::test {

namespace {

std::uint64_t NanosecondsOf(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
}

}  // namespace

LoopTest::LoopTest() {
  // As Node does: libuv, on which the scripted server writes, leaves it to the application.
  std::signal(SIGPIPE, SIG_IGN);
  uv_loop_init(&loop_);
  uv_timer_init(&loop_, &bound_);
}

void LoopTest::TearDown() {
  uv_close(reinterpret_cast<uv_handle_t*>(&bound_), nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  const int result = uv_loop_close(&loop_);
  EXPECT_EQ(result, 0) << "something is left on the loop";
  if (result != 0) uv_print_all_handles(&loop_, stderr);
}

bool LoopTest::RunUntil(const std::function<bool()>& done, std::chrono::milliseconds bound) {
  bool late = false;
  bound_.data = &late;
  uv_update_time(&loop_);
  uv_ref(reinterpret_cast<uv_handle_t*>(&bound_));
  // Again and again: the first may come just before the loop waits for its sockets.
  uv_timer_start(
      &bound_, [](uv_timer_t* timer) { *static_cast<bool*>(timer->data) = true; },
      static_cast<std::uint64_t>(bound.count()), 1);
  while (!done() && !late) uv_run(&loop_, UV_RUN_ONCE);
  uv_timer_stop(&bound_);
  return done();
}

void LoopTest::RunFor(std::chrono::milliseconds time) {
  const std::uint64_t end = uv_hrtime() + NanosecondsOf(time);
  // The loop's clock has milliseconds: it may be ahead of the time by a part of one.
  while (uv_hrtime() < end) RunUntil([] { return false; }, std::chrono::milliseconds(1));
}

bool LoopTest::RunToTheEnd(std::chrono::milliseconds bound) {
  bool late = false;
  bound_.data = &late;
  uv_update_time(&loop_);
  uv_timer_start(
      &bound_,
      [](uv_timer_t* timer) {
        *static_cast<bool*>(timer->data) = true;
        uv_stop(timer->loop);
      },
      static_cast<std::uint64_t>(bound.count()), 0);
  uv_unref(reinterpret_cast<uv_handle_t*>(&bound_));
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_timer_stop(&bound_);
  return !late;
}

void LoopTest::HoldLoop(std::chrono::milliseconds time) {
  const std::uint64_t end = uv_hrtime() + NanosecondsOf(time);
  while (uv_hrtime() < end) {
  }
}

}  // namespace connect_hiredis::test
