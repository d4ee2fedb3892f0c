#include "loop/timer.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace connect_hiredis {

Timer::Timer(const EventLoop& loop, std::function<void()> fire)
    : fire_(std::move(fire)),
      handle_(loop, this, [&](uv_timer_t* handle) { return uv_timer_init(loop.loop, handle); }) {
  handle_.Unref();
}

void Timer::Start(std::chrono::milliseconds delay) {
  const auto milliseconds =
      static_cast<std::uint64_t>(std::max<std::chrono::milliseconds::rep>(delay.count(), 0));
  // The loop's own clock stands still while JavaScript runs.
  uv_update_time(handle_.get()->loop);
  uv_timer_start(
      handle_.get(),
      [](uv_timer_t* handle) {
        // A copy: what is called may destroy the timer, and its own captures with it.
        const auto fire = static_cast<Timer*>(handle->data)->fire_;
        fire();
      },
      milliseconds, 0);
}

void Timer::Stop() { uv_timer_stop(handle_.get()); }

bool Timer::active() const {
  return uv_is_active(reinterpret_cast<const uv_handle_t*>(handle_.get())) != 0;
}

void Timer::KeepAlive(bool alive) {
  if (alive) {
    handle_.Ref();
  } else {
    handle_.Unref();
  }
}

}  // namespace connect_hiredis
