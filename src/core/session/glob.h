// Patterns for SCAN ... MATCH.
#pragma once

#include <string>
#include <string_view>

namespace connect_hiredis {

// A pattern that matches exactly the keys which begin with `prefix`: what means something to
// Redis' glob (stringmatchlen in its util.c: * ? [ \) is escaped.
std::string PrefixPattern(std::string_view prefix);

}  // namespace connect_hiredis
