#include "connection/silence.h"

#include <algorithm>

#include "connection/leeway.h"
#include "connection/link.h"

namespace connect_hiredis {

void Silence::Postpone(const Link& link, Nanoseconds blocked, Nanoseconds now) {
  if (since_ != link.silent_since()) {
    since_ = link.silent_since();
    postponed_ = Nanoseconds(0);
  }
  // It may have begun in the middle of that time.
  postponed_ = std::min(postponed_ + blocked, now - since_);
}

bool Silence::Endures(const Link& link, std::optional<Nanoseconds> overdue, const Leeway& leeway) {
  const auto fired = std::max(timer_.TakeFired(), overdue);
  if (!fired || link.unanswered() == 0) return false;
  const Nanoseconds since = link.silent_since();
  Nanoseconds end = since + patience_ + (since == since_ ? postponed_ : Nanoseconds(0));
  // A long answer may be on its way.
  if (leeway.Covers(*fired, link.last_read())) end += patience_;
  if (end <= *fired) return true;
  timer_.Start(std::min(CeilMilliseconds(end - *fired), patience_));
  return false;
}

}  // namespace connect_hiredis
