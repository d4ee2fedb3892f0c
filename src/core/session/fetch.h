// Fetches many sessions in one request: MGETs of bounded size, and the time to live of each key.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "connection/command.h"
#include "session/results.h"

namespace connect_hiredis {

// Fills `command`, whose wire is empty, for `keys`; no MGET has more than `most` of them.
void WriteFetch(Command& command, std::span<const std::string> keys, std::size_t most);

// What the replies to it say: the sessions that are there, with ids of keys less the first
// `prefix_size` bytes, in the order of the keys. Nothing if these cannot be the replies to it.
std::optional<std::vector<StoredValue>> ReadFetch(std::span<const Reply> replies,
                                                  std::span<const std::string> keys,
                                                  std::size_t prefix_size);

}  // namespace connect_hiredis
