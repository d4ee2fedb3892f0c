// For how long a loop was blocked: it ran callbacks, anybody's, and did not poll. What the kernel
// received meanwhile nobody could see, so that time must not count against a deadline.
#pragma once

#include <algorithm>
#include <chrono>

#include "loop/clock.h"

namespace connect_hiredis {

class BlockedTime {
 public:
  // A turn may take so long before the rest of it counts as blocked. Deadlines go on by at least
  // this much in each turn: a loop that is blocked again and again does not put them off for ever.
  static constexpr Nanoseconds kTurn = std::chrono::milliseconds(10);

  // `waited`: for how long the loop has waited in polls so far.
  BlockedTime(Nanoseconds now, Nanoseconds waited) : polled_at_(now), waited_(waited) {}

  // The loop is about to poll. Returns for how long it was blocked since the last time.
  Nanoseconds BeforePoll(Nanoseconds now, Nanoseconds waited) {
    const Nanoseconds busy = (now - polled_at_) - (waited - waited_);
    polled_at_ = now;
    waited_ = waited;
    return std::max(busy - kTurn, Nanoseconds(0));
  }

 private:
  Nanoseconds polled_at_;
  Nanoseconds waited_;
};

}  // namespace connect_hiredis
