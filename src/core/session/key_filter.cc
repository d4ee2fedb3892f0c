#include "session/key_filter.h"

#include <algorithm>
#include <functional>
#include <string>

namespace connect_hiredis {

namespace {

constexpr std::size_t kLists = 4096;  // a power of two
constexpr std::size_t kLeastGrowth = 4;

// Spreads what differs anywhere over all bits (the finalizer of MurmurHash3's 64-bit variant, with
// constants of its public domain source).
std::uint64_t Mix(std::uint64_t value) {
  value ^= value >> 33U;
  value *= 0xff51afd7ed558ccdULL;
  value ^= value >> 33U;
  value *= 0xc4ceb9fe1a85ec53ULL;
  value ^= value >> 33U;
  return value;
}

std::uint64_t Fnv1a(std::string_view key) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char letter : key) {
    hash ^= static_cast<unsigned char>(letter);
    hash *= 0x100000001b3ULL;
  }
  return hash;
}

}  // namespace

bool KeyFilter::Add(std::string_view key) {
  if (lists_.empty()) lists_.resize(kLists);
  // FNV-1a and the library's hash have nothing in common, so that both collide only by chance.
  std::vector<std::uint64_t>& list = lists_[Mix(Fnv1a(key)) % kLists];
  const std::uint64_t hash = Mix(std::hash<std::string_view>{}(key));
  if (std::find(list.begin(), list.end(), hash) != list.end()) return false;
  // By an eighth: doubling would leave half of the memory unused.
  if (list.size() == list.capacity()) {
    list.reserve(list.size() + std::max(kLeastGrowth, list.size() / 8));
  }
  list.push_back(hash);
  ++size_;
  return true;
}

}  // namespace connect_hiredis
