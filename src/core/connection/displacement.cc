#include "connection/displacement.h"

namespace connect_hiredis {

bool IsUnready(std::string_view reply) {
  return reply.starts_with("LOADING ") || reply.starts_with("MASTERDOWN ");
}

bool IsDisplacement(std::string_view reply) {
  if (IsUnready(reply) || reply.starts_with("READONLY ") || reply.starts_with("NOAUTH ")) {
    return true;
  }
  // Before Redis 7, what a script met in it came wrapped.
  return reply.starts_with("ERR Error running script") &&
         reply.find(" -READONLY ") != std::string_view::npos;
}

}  // namespace connect_hiredis
