// Redis' own notion of a glob, for comparison: what stringmatchlen in its util.c does, told anew.
#pragma once

#include <string_view>

namespace connect_hiredis::test {

namespace glob_internal {

// Matches one byte against the bracket expression that `pattern` begins with, and drops the
// expression. Without a closing bracket it reaches to the end.
inline bool MatchesClass(std::string_view& pattern, unsigned char byte) {
  pattern.remove_prefix(1);
  const bool negated = pattern.starts_with('^');
  if (negated) pattern.remove_prefix(1);
  bool matches = false;
  while (!pattern.empty() && pattern[0] != ']') {
    auto low = static_cast<unsigned char>(pattern[0]);
    if (low == '\\' && pattern.size() >= 2) {
      low = static_cast<unsigned char>(pattern[1]);
      pattern.remove_prefix(2);
      matches = matches || low == byte;
    } else if (pattern.size() >= 3 && pattern[1] == '-') {
      auto high = static_cast<unsigned char>(pattern[2]);
      if (low > high) std::swap(low, high);
      pattern.remove_prefix(3);
      matches = matches || (low <= byte && byte <= high);
    } else {
      pattern.remove_prefix(1);
      matches = matches || low == byte;
    }
  }
  if (!pattern.empty()) pattern.remove_prefix(1);
  return matches != negated;
}

}  // namespace glob_internal

inline bool RedisGlobMatches(std::string_view pattern, std::string_view text) {
  while (!pattern.empty()) {
    if (pattern[0] == '*') {
      while (pattern.starts_with('*')) pattern.remove_prefix(1);
      for (std::size_t skipped = 0; skipped <= text.size(); ++skipped) {
        if (RedisGlobMatches(pattern, text.substr(skipped))) return true;
      }
      return false;
    }
    if (text.empty()) return false;
    if (pattern[0] == '?') {
      pattern.remove_prefix(1);
    } else if (pattern[0] == '[') {
      if (!glob_internal::MatchesClass(pattern, static_cast<unsigned char>(text[0]))) return false;
    } else {
      if (pattern[0] == '\\' && pattern.size() >= 2) pattern.remove_prefix(1);
      if (pattern[0] != text[0]) return false;
      pattern.remove_prefix(1);
    }
    text.remove_prefix(1);
  }
  return text.empty();
}

}  // namespace connect_hiredis::test
