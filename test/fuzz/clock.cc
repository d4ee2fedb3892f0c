#include "clock.h"

#include <ctime>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

// Not zero, which the core takes for no time at all.
std::chrono::nanoseconds monotonic = std::chrono::hours(1);

}  // namespace

namespace connect_hiredis::fuzz {

void Advance(std::chrono::nanoseconds time) { monotonic += time; }

}  // namespace connect_hiredis::fuzz

// In place of libc's: libuv has its time from here. libFuzzer's is the other clock.
extern "C" __attribute__((visibility("default"))) int clock_gettime(clockid_t clock,
                                                                    timespec* time) noexcept {
  if (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_COARSE) {
    return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(monotonic);
  time->tv_sec = seconds.count();
  time->tv_nsec = (monotonic - seconds).count();
  return 0;
}
