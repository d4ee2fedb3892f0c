// As whom a server knows one of its connections.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace connect_hiredis {

struct ClientIdentity {
  std::uint64_t id = 0;       // grows with each connection; begins anew with each run of the server
  std::string address;        // where the connection comes from
  std::string local_address;  // where the server took it
};

// From the answer to CLIENT INFO (https://redis.io/docs/latest/commands/client-list/). Empty: the
// server does not say who this is; also for a unix socket, where all have the same address.
std::optional<ClientIdentity> ReadClientIdentity(std::string_view info);

}  // namespace connect_hiredis
