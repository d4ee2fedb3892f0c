// What a fuzzer demands of the code that it runs: libFuzzer takes an abort for a finding.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace connect_hiredis::fuzz {

inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "Does not hold: %s\n", what);
  std::abort();
}

}  // namespace connect_hiredis::fuzz
