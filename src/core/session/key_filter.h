// Knows which keys it has seen: SCAN may return a key twice. Keeps 16 bytes of hash for each, not
// the keys, so that a million of them take tens of megabytes at most; two different keys with
// the same 128 bits are not to be expected in the lifetime of anything.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace connect_hiredis {

class KeyFilter {
 public:
  KeyFilter();

  // true the first time that it is called with `key`.
  bool Add(std::string_view key);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  using Hash = std::array<std::uint64_t, 2>;

  static Hash HashOf(std::string_view key);
  bool Insert(const Hash& hash);
  void Grow();

  std::vector<Hash> places_;  // open addressing; all zeros is an empty place
  std::size_t size_ = 0;
};

}  // namespace connect_hiredis
