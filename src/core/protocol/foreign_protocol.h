// Names what speaks at the other end when its first bytes show that it is not Redis.
#pragma once

#include <string_view>

namespace connect_hiredis {

// `first`: the first bytes that a peer has sent. Empty unless they are known to be of another
// protocol: a TLS record (RFC 8446, section 5.1) or the status line of HTTP (RFC 9112, section 4).
[[nodiscard]] std::string_view DescribeForeignProtocol(std::string_view first);

}  // namespace connect_hiredis
