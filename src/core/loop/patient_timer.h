// A timer for what must not be concluded before the sockets were looked at. Timers run first: if
// JavaScript kept the loop for long, what is waited for may be there already.
#pragma once

#include <chrono>
#include <optional>

#include "loop/clock.h"
#include "loop/timer.h"

namespace connect_hiredis {

class PatientTimer {
 public:
  explicit PatientTimer(const EventLoop& loop);
  PatientTimer(const PatientTimer&) = delete;
  PatientTimer& operator=(const PatientTimer&) = delete;

  // Fires once after `delay`, which replaces an earlier one.
  void Start(std::chrono::milliseconds delay);
  void Stop();
  // That much of the time since it was started does not count, if it is active.
  void Postpone(Nanoseconds time);
  [[nodiscard]] bool active() const { return timer_.active(); }

  // To be asked after each poll: when it fired, told once, if it did. Whatever else has become
  // due since then was not looked at.
  [[nodiscard]] std::optional<Nanoseconds> TakeFired();

 private:
  std::chrono::milliseconds delay_{0};
  Nanoseconds due_{0};
  std::optional<Nanoseconds> fired_;
  Timer timer_;
};

}  // namespace connect_hiredis
