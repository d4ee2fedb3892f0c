// How many commands gather before they leave although their tick is not over: the server works
// on them while the client goes on writing, and answers before the client has to sleep.
#pragma once

#include <algorithm>
#include <cstddef>

namespace connect_hiredis {

class Pace {
 public:
  // A write of less costs more than it wins. Measured: docs/decisions/0004-early-writes.md.
  static constexpr std::size_t kLeast = 8;
  static constexpr std::size_t kMost = 32;

  // One more command waits to leave; `under_way`: how many have no answer, it included. True: they
  // are to leave now.
  bool Add(std::size_t under_way) {
    ++gathered_;
    return gathered_ >= std::clamp(std::max(under_way, usual_) / 4, kLeast, kMost);
  }
  // They have left.
  void Left() { gathered_ = 0; }
  // The tick is over, with so many under way. The next one begins with answers, and so with less.
  void EndTick(std::size_t under_way) { usual_ = under_way; }

 private:
  std::size_t gathered_ = 0;
  std::size_t usual_ = 0;
};

}  // namespace connect_hiredis
