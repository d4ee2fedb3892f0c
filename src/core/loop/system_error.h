// Errors of the operating system, worded and named as Node names them.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace connect_hiredis {

// `system_error` is libuv's (negative); `port` 0 means that `address` is a path.
Error MakeSystemError(int system_error, std::string_view syscall, std::string_view address,
                      int port);

// libuv's numbers of what the core finds out by itself.
extern const int kConnectionReset;
extern const int kOutOfMemory;
extern const int kTimedOut;

// Such as ECONNREFUSED.
std::string SystemErrorName(int system_error);

}  // namespace connect_hiredis
