#include "session/fetch.h"

#include <algorithm>

#include "protocol/command_writer.h"

namespace connect_hiredis {

void WriteFetch(Command& command, std::span<const std::string> keys, std::size_t most) {
  CommandWriter writer(command.wire);
  for (std::size_t begin = 0; begin < keys.size(); begin += most) {
    const auto chunk = keys.subspan(begin, std::min(most, keys.size() - begin));
    writer.Begin(1 + chunk.size()).Add("MGET");
    for (const std::string& key : chunk) writer.Add(key);
    ++command.expected;
    for (const std::string& key : chunk) {
      writer.Begin(2).Add("PTTL").Add(key);
      ++command.expected;
    }
  }
}

std::optional<std::vector<StoredValue>> ReadFetch(std::span<const Reply> replies,
                                                  std::span<const std::string> keys,
                                                  std::size_t prefix_size) {
  std::vector<StoredValue> found;
  std::size_t next = 0;  // reply
  for (std::size_t key = 0; key < keys.size();) {
    if (next == replies.size()) return std::nullopt;
    const Reply& values = replies[next++];
    if (!values.is(Reply::Type::kArray) || values.size() > keys.size() - key) return std::nullopt;
    if (values.size() == 0 || values.size() > replies.size() - next) return std::nullopt;
    for (std::size_t index = 0; index < values.size(); ++index, ++key) {
      const Reply value = values[index];
      const Reply& time_to_live = replies[next++];
      if (!time_to_live.is(Reply::Type::kInteger)) return std::nullopt;
      if (!value.is(Reply::Type::kString) && !value.is(Reply::Type::kNil)) return std::nullopt;
      // Lapsed meanwhile, or became something other than a string.
      if (value.is(Reply::Type::kNil) || time_to_live.integer() == -2) continue;
      found.push_back({keys[key].substr(prefix_size), value.text(), time_to_live.integer()});
    }
  }
  return found;
}

}  // namespace connect_hiredis
