#include "connection/client_identity.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace connect_hiredis {

namespace {

// More than any address with its port has.
constexpr std::size_t kMaxAddress = 128;

// In "id=3 addr=127.0.0.1:40118 laddr=127.0.0.1:6379 fd=8 name= ...".
std::string_view FindField(std::string_view info, std::string_view name) {
  while (!info.empty()) {
    const std::size_t end = std::min(info.find_first_of(" \r\n"), info.size());
    const std::string_view field = info.substr(0, end);
    info.remove_prefix(std::min(end + 1, info.size()));
    if (field.starts_with(name)) return field.substr(name.size());
  }
  return {};
}

bool IsAddressWithPort(std::string_view text) {
  return !text.empty() && text.size() <= kMaxAddress && !text.ends_with(":0");
}

}  // namespace

std::optional<ClientIdentity> ReadClientIdentity(std::string_view info) {
  ClientIdentity identity;
  const std::string_view id = FindField(info, "id=");
  const auto read = std::from_chars(id.data(), id.data() + id.size(), identity.id);
  if (read.ec != std::errc() || read.ptr != id.data() + id.size()) return std::nullopt;
  identity.address = FindField(info, "addr=");
  identity.local_address = FindField(info, "laddr=");
  if (!IsAddressWithPort(identity.address) || !IsAddressWithPort(identity.local_address)) {
    return std::nullopt;
  }
  return identity;
}

}  // namespace connect_hiredis
