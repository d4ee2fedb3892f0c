// How long to wait before the next attempt to connect: exponential with full jitter, so that a
// thousand processes which lost the same server do not come back at the same moment
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace connect_hiredis {

class Backoff {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // `min` at least 1 ms, `max` at least `min`.
  Backoff(Milliseconds min, Milliseconds max, std::uint32_t seed);

  // Drawn evenly between 0 and a bound that doubles with each call, from `min` to `max`.
  Milliseconds Next();
  // For failures that waiting does not mend, such as a wrong password.
  [[nodiscard]] Milliseconds Slowest() const { return max_; }
  // Only once a connection is ready: a server that accepts and drops is not up.
  void Reset() { bound_ = min_; }

 private:
  Milliseconds min_;
  Milliseconds max_;
  Milliseconds bound_;
  std::minstd_rand random_;
};

}  // namespace connect_hiredis
