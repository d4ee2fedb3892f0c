#include "connection/displacement.h"

namespace connect_hiredis {

bool IsUnready(std::string_view reply) {
  return reply.starts_with("LOADING ") || reply.starts_with("MASTERDOWN ");
}

bool IsReadOnly(std::string_view reply) {
  if (reply.starts_with("READONLY ")) return true;
  // Before Redis 7, what a script met in it came wrapped.
  return reply.starts_with("ERR Error running script") &&
         reply.find(" -READONLY ") != std::string_view::npos;
}

bool IsDisplacement(std::string_view reply) {
  return IsUnready(reply) || IsReadOnly(reply) || reply.starts_with("NOAUTH ");
}

}  // namespace connect_hiredis
