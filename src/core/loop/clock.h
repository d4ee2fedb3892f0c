// Monotonic time. The loop's own (uv_now) stands still while JavaScript runs, and a deadline
// counted from it would be too short by as much.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include <uv.h>

namespace connect_hiredis {

using Nanoseconds = std::chrono::nanoseconds;

inline Nanoseconds Now() { return Nanoseconds(static_cast<std::int64_t>(uv_hrtime())); }

// The moment `span`, of any length, after `time`: a time to live may end later than a clock can
// tell.
inline Nanoseconds After(Nanoseconds time, std::chrono::milliseconds span) {
  const auto most = std::chrono::floor<std::chrono::milliseconds>(Nanoseconds::max() - time);
  return time + std::min(span, most);
}

// Rounded up, so that a timer started with it never fires before its time.
inline std::chrono::milliseconds CeilMilliseconds(Nanoseconds duration) {
  return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

}  // namespace connect_hiredis
