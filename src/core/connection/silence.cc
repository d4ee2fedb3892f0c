#include "connection/silence.h"

#include <algorithm>

#include "connection/link.h"

namespace connect_hiredis {

bool Silence::Endures(const Link& link, std::optional<Nanoseconds> overdue) {
  const auto fired = std::max(timer_.TakeFired(), overdue);
  if (!fired || link.unanswered() == 0) return false;
  const auto left = link.silent_since() + patience_ - *fired;
  if (left.count() <= 0) return true;
  timer_.Start(CeilMilliseconds(left));
  return false;
}

}  // namespace connect_hiredis
