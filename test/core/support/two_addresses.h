// A name with two addresses, for tests on machines whose own names have one each.
#pragma once

namespace connect_hiredis::test {

// ::1, then 127.0.0.1; in programs that link two_addresses.cc.
inline constexpr const char* kNameOfTwoAddresses = "two-addresses.test";

}  // namespace connect_hiredis::test
