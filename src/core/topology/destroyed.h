// The sessions that this process has destroyed of late: a server that was restarted may have
// forgotten it. Nothing of it is ever stored anywhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "loop/clock.h"

namespace connect_hiredis {

class Destroyed {
 public:
  static constexpr std::size_t kMaxEntries = 10'000;
  static constexpr std::chrono::minutes kMaxAge{10};

  void Add(std::string_view id, Nanoseconds now);
  // It was stored anew.
  void Forget(std::string_view id);
  // When it was destroyed, if it was.
  [[nodiscard]] std::optional<Nanoseconds> At(std::string_view id, Nanoseconds now) const;
  [[nodiscard]] std::size_t size() const { return when_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::unordered_map<std::string, Nanoseconds, Hash, std::equal_to<>> when_;
  // In the order of their time. Of an id that was added again, or forgotten, the earlier ones say
  // nothing.
  std::deque<std::pair<Nanoseconds, std::string>> order_;
};

}  // namespace connect_hiredis
