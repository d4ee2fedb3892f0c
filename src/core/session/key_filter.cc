#include "session/key_filter.h"

#include <functional>
#include <string>
#include <utility>

namespace connect_hiredis {

namespace {

constexpr std::size_t kFirstPlaces = 256;  // a power of two, as ever after

// Spreads one hash into a second that shares no structure with it (the finalizer of
// MurmurHash3's 64-bit variant, with constants of its public domain source).
std::uint64_t Mix(std::uint64_t value) {
  value ^= value >> 33U;
  value *= 0xff51afd7ed558ccdULL;
  value ^= value >> 33U;
  value *= 0xc4ceb9fe1a85ec53ULL;
  value ^= value >> 33U;
  return value;
}

}  // namespace

KeyFilter::KeyFilter() : places_(kFirstPlaces) {}

// FNV-1a and the library's hash have nothing in common, so that both collide only by chance.
KeyFilter::Hash KeyFilter::HashOf(std::string_view key) {
  std::uint64_t fnv = 0xcbf29ce484222325ULL;
  for (const char letter : key) {
    fnv ^= static_cast<unsigned char>(letter);
    fnv *= 0x100000001b3ULL;
  }
  Hash hash{Mix(std::hash<std::string_view>{}(key)), Mix(fnv)};
  if (hash[0] == 0 && hash[1] == 0) hash[1] = 1;
  return hash;
}

bool KeyFilter::Add(std::string_view key) {
  if (!Insert(HashOf(key))) return false;
  if (++size_ > places_.size() / 4 * 3) Grow();
  return true;
}

bool KeyFilter::Insert(const Hash& hash) {
  const std::size_t mask = places_.size() - 1;
  for (std::size_t place = hash[0] & mask;; place = (place + 1) & mask) {
    if (places_[place] == hash) return false;
    if (places_[place] == Hash{}) {
      places_[place] = hash;
      return true;
    }
  }
}

void KeyFilter::Grow() {
  const std::vector<Hash> before = std::exchange(places_, std::vector<Hash>(places_.size() * 2));
  for (const Hash& hash : before) {
    if (hash != Hash{}) Insert(hash);
  }
}

}  // namespace connect_hiredis
