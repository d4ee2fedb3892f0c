#include "loop/patient_timer.h"

#include <algorithm>
#include <utility>

namespace connect_hiredis {

PatientTimer::PatientTimer(const EventLoop& loop)
    : timer_(loop, [this] {
        if (!fired_) fired_ = Now();
        // The poll that follows must not wait.
        timer_.Start(std::chrono::milliseconds(1));
      }) {}

void PatientTimer::Start(std::chrono::milliseconds delay) {
  fired_.reset();
  delay_ = delay;
  due_ = Now() + delay;
  timer_.Start(delay);
}

void PatientTimer::Postpone(Nanoseconds time) {
  if (!active()) return;
  fired_.reset();
  const Nanoseconds now = Now();
  // It may have been started in the middle of that time.
  due_ = std::min(due_ + time, now + delay_);
  timer_.Start(CeilMilliseconds(due_ - now));
}

void PatientTimer::Stop() {
  fired_.reset();
  timer_.Stop();
}

std::optional<Nanoseconds> PatientTimer::TakeFired() {
  if (fired_) timer_.Stop();
  return std::exchange(fired_, std::nullopt);
}

}  // namespace connect_hiredis
