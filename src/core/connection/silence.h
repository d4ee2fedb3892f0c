// Notices a server that owes answers and gives none: nobody else will get one from it either. Time
// for which the loop was blocked does not count.
#pragma once

#include <chrono>
#include <optional>

#include "loop/patient_timer.h"

namespace connect_hiredis {

class Leeway;
class Link;

class Silence {
 public:
  // `patience`: for how long a server may owe answers without giving one.
  Silence(const EventLoop& loop, std::chrono::milliseconds patience)
      : patience_(patience), timer_(loop) {}

  // The link has just been asked something.
  void Expect() {
    if (!timer_.active()) timer_.Start(patience_);
  }
  // The link is of no concern any more.
  void End() { timer_.Stop(); }

  // The loop was blocked for so long, until `now`.
  void Postpone(const Link& link, Nanoseconds blocked, Nanoseconds now);

  // To be asked after each poll: whether `link` has been silent for too long. `overdue`: when
  // somebody's deadline ran out, if one did. It may be the same moment, and what is sent after it
  // must not be lost on a server of which that much is known.
  [[nodiscard]] bool Endures(const Link& link, std::optional<Nanoseconds> overdue,
                             const Leeway& leeway);

 private:
  std::chrono::milliseconds patience_;
  Nanoseconds since_{0};      // which silence it was
  Nanoseconds postponed_{0};  // of which so much does not count
  PatientTimer timer_;
};

}  // namespace connect_hiredis
