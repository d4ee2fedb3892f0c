#include "protocol/foreign_protocol.h"

namespace connect_hiredis {

namespace {

// Types of TLS records: alert and handshake. Versions of all of them begin with 3.
constexpr char kAlert = 21;
constexpr char kHandshake = 22;
constexpr char kVersion = 3;

}  // namespace

std::string_view DescribeForeignProtocol(std::string_view first) {
  if (first.size() >= 2 && (first[0] == kAlert || first[0] == kHandshake) && first[1] == kVersion) {
    return "The port speaks TLS, and this connection does not";
  }
  if (first.starts_with("HTTP/")) return "The port speaks HTTP: it is not the one of Redis";
  return {};
}

}  // namespace connect_hiredis
