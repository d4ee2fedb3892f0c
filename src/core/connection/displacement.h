// Replies by which a server says that it is not the one to ask, or not now: the connection is of
// no use, but the command may do well on the next.
#pragma once

#include <string_view>

namespace connect_hiredis {

// The text of an error reply: the server is loading its data (LOADING), or is a replica that has
// lost its master (MASTERDOWN). See processCommand in Redis' server.c.
[[nodiscard]] bool IsUnready(std::string_view reply);

// The server has become a replica (READONLY): it takes no writes.
[[nodiscard]] bool IsReadOnly(std::string_view reply);

// Any of these, or the server has forgotten who this is (NOAUTH).
[[nodiscard]] bool IsDisplacement(std::string_view reply);

}  // namespace connect_hiredis
