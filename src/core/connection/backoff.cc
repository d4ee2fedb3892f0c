#include "connection/backoff.h"

#include <algorithm>

namespace connect_hiredis {

Backoff::Backoff(Milliseconds min, Milliseconds max, std::uint32_t seed)
    : min_(min), max_(max), bound_(min), random_(seed) {}

Backoff::Milliseconds Backoff::Next() {
  std::uniform_int_distribution<Milliseconds::rep> draw(0, bound_.count());
  const Milliseconds delay(draw(random_));
  bound_ = std::min(bound_ * 2, max_);
  return delay;
}

}  // namespace connect_hiredis
