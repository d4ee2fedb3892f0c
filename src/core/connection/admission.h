// Whether a command is taken.
#pragma once

#include <cstdint>

namespace connect_hiredis {

// Whether a command is taken. kBehind: there is a connection, but the server does not keep up.
enum class Admission : std::uint8_t { kAccepted, kBehind, kQueueFull, kOffline, kClosed };

}  // namespace connect_hiredis
