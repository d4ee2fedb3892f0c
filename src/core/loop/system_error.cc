#include "loop/system_error.h"

#include <array>

#include <uv.h>

namespace connect_hiredis {

std::string SystemErrorName(int system_error) {
  // What Node calls a name that nobody knows.
  if (system_error == UV_EAI_NONAME || system_error == UV_EAI_NODATA) return "ENOTFOUND";
  std::array<char, 64> name{};
  return uv_err_name_r(system_error, name.data(), name.size());
}

const int kConnectionReset = UV_ECONNRESET;
const int kOutOfMemory = UV_ENOMEM;
const int kTimedOut = UV_ETIMEDOUT;

Error MakeSystemError(int system_error, std::string_view syscall, std::string_view address,
                      int port) {
  Error error;
  error.code = ErrorCode::kSystem;
  error.system_error = system_error;
  error.syscall = syscall;
  error.address = address;
  error.port = port;
  error.message = error.syscall + " " + SystemErrorName(system_error);
  if (!error.address.empty()) error.message += " " + error.address;
  if (port != 0) error.message += ":" + std::to_string(port);
  return error;
}

}  // namespace connect_hiredis
