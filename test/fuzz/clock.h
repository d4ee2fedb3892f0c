// The time, for the core and libuv alike: it goes on only when a fuzzer says so. Without it a run
// with the same input would not be the same run, and would have to sit its pauses out.
#pragma once

#include <chrono>

namespace connect_hiredis::fuzz {

void Advance(std::chrono::nanoseconds time);

}  // namespace connect_hiredis::fuzz
