// After a loop was blocked: what the server sent meanwhile is read in as many turns as it takes,
// and deadlines wait for it as long as bytes come.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "loop/clock.h"

namespace connect_hiredis {

class Leeway {
 public:
  // After so long without bytes all of them have come.
  static constexpr Nanoseconds kPause = std::chrono::milliseconds(50);

  // `most`: how long after the loop was blocked it ends at last.
  explicit Leeway(Nanoseconds most) : most_(most) {}

  // The loop was blocked until `now`; bytes came last at `last_read`. Where none came after the
  // block before, this one is no reason to wait anew: else a loop that is blocked in each turn
  // would wait for a server that is gone.
  void Begin(Nanoseconds now, Nanoseconds last_read) {
    if (!begun_ || last_read > *begun_ || now - *begun_ >= most_) begun_ = now;
  }

  // Whether what ran out at `due` still waits. Asked after a poll, so that `last_read` may be later
  // than that.
  [[nodiscard]] bool Covers(Nanoseconds due, Nanoseconds last_read) const {
    return begun_ && due - *begun_ < most_ && due - std::max(*begun_, last_read) < kPause;
  }

 private:
  Nanoseconds most_;
  std::optional<Nanoseconds> begun_;
};

}  // namespace connect_hiredis
