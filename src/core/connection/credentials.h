// With what a connection authenticates.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace connect_hiredis {

struct Credentials {
  std::optional<std::string> username;  // empty: the server's default user
  std::optional<std::string> password;
  // For how long they are good, as of the moment in which they are handed over; empty: no end
  // is known.
  std::optional<std::chrono::milliseconds> lifetime;
};

}  // namespace connect_hiredis
