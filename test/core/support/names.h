// Names as tests need them, whatever those of the machine are; in programs that link names.cc.
#pragma once

#include <atomic>
#include <semaphore>

namespace connect_hiredis::test {

// Has two addresses: ::1, then 127.0.0.1.
inline constexpr const char* kNameOfTwoAddresses = "two-addresses.test";

// Its lookup takes until it is released.
inline constexpr const char* kSlowName = "slow.test";
extern std::atomic<int> slow_lookups;  // that have begun
extern std::counting_semaphore<> slow_lookup_release;

}  // namespace connect_hiredis::test
