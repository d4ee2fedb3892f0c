// What a connection has done so far.
#pragma once

#include <cstddef>
#include <cstdint>

namespace connect_hiredis {

// Redis commands, not requests: `get` is two of them. The handshakes' are not counted.
struct Statistics {
  std::uint64_t commands = 0;        // sent; those sent again are counted again
  std::uint64_t replies = 0;         // late ones that nobody waited for included
  std::uint64_t timeouts = 0;        // requests whose deadline ran out
  std::uint64_t connections = 0;     // times that it became ready
  std::uint64_t bytes_sent = 0;      // handshakes included
  std::uint64_t bytes_received = 0;  // likewise
  std::size_t waiting = 0;           // requests in the queue now
  std::size_t waiting_bytes = 0;     // what these will send
  std::size_t in_flight = 0;         // requests sent and not completed now
};

}  // namespace connect_hiredis
