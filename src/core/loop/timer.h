// One timer of the loop. It does not keep the loop alive unless it is told to.
#pragma once

#include <chrono>
#include <functional>

#include "loop/handle.h"

namespace connect_hiredis {

class Timer {
 public:
  // `fire` is called from the loop; it may destroy the timer.
  Timer(const EventLoop& loop, std::function<void()> fire);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Fires once after `delay`, which replaces an earlier one. Started by a timer with at least
  // 1 ms, it fires after the loop has polled its sockets; with zero, perhaps before.
  void Start(std::chrono::milliseconds delay);
  void Stop();
  // Whether it keeps the loop alive while it is active.
  void KeepAlive(bool alive);
  [[nodiscard]] bool active() const;

 private:
  std::function<void()> fire_;
  Handle<uv_timer_t> handle_;
};

}  // namespace connect_hiredis
