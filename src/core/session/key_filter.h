// Knows which keys it has seen: SCAN may return a key twice. Keeps 8 bytes of hash for each, not
// the keys. With what the place tells, 76 bits of hash have to be the same for a key to be taken
// for another: among a hundred million keys that happens once in ten million times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace connect_hiredis {

class KeyFilter {
 public:
  // true the first time that it is called with `key`.
  bool Add(std::string_view key);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  // Many small lists, each searched from end to end, grow by little and never all at once: a
  // million keys take no more than ten megabytes, and no key waits for the rest to be moved.
  std::vector<std::vector<std::uint64_t>> lists_;
  std::size_t size_ = 0;
};

}  // namespace connect_hiredis
