#include "session/glob.h"

namespace connect_hiredis {

std::string PrefixPattern(std::string_view prefix) {
  constexpr std::string_view kSpecial = "*?[]\\^-";
  std::string pattern;
  pattern.reserve(prefix.size() + 1);
  for (const char letter : prefix) {
    if (kSpecial.find(letter) != std::string_view::npos) pattern += '\\';
    pattern += letter;
  }
  pattern += '*';
  return pattern;
}

}  // namespace connect_hiredis
