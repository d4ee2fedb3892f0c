// What one server has missed of what this process did: of each session the last change. Bounded;
// past its bound it says so, and has nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loop/clock.h"

namespace connect_hiredis {

struct Change {
  enum class Kind : std::uint8_t { kSet, kTouch, kDestroy };

  Kind kind = Kind::kDestroy;
  // Grows with each change of this process: of two, the later one counts.
  std::uint64_t sequence = 0;
  std::shared_ptr<const std::string> value;  // kSet
  std::optional<Nanoseconds> expiry;         // by Now(); empty: never. Of kSet and kTouch
};

class Journal {
 public:
  static constexpr std::size_t kMaxEntries = 10'000;
  static constexpr std::size_t kMaxBytes = 16UL * 1024 * 1024;

  using Entry = std::pair<std::string, Change>;

  // Unless there is a later one. A touch of what is to be set goes into that.
  void Add(std::string_view id, Change change);
  // The server has taken the change of this number, or a later one.
  void Forget(std::string_view id, std::uint64_t sequence);
  // Gives up the list: what was missed cannot be told any more.
  void Overflow();
  // Takes out up to `most` entries, each time those after the last ones: what has to be put back
  // keeps nobody from being taken.
  std::vector<Entry> Take(std::size_t most);
  // As new.
  void Reset();

  [[nodiscard]] bool Has(std::string_view id) const {
    return !entries_.empty() && entries_.contains(id);
  }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] bool overflowed() const { return overflowed_; }

 private:
  using Entries = std::map<std::string, Change, std::less<>>;

  void Remove(Entries::iterator entry);
  static std::size_t SizeOf(const Entries::value_type& entry);

  Entries entries_;
  std::size_t bytes_ = 0;
  std::string last_taken_;
  bool overflowed_ = false;
};

}  // namespace connect_hiredis
