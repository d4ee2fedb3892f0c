// JavaScript's strings as UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include <node_api.h>

namespace connect_hiredis {

// Reads into memory that it keeps for the next string.
class StringReader {
 public:
  StringReader();
  // `value` is a string or a Uint8Array. What is returned is valid until the next call, and as
  // long as the Uint8Array.
  std::string_view Read(napi_env env, napi_value value);

 private:
  // Both give nothing if `value` is no string.
  std::optional<std::string_view> ReadUtf8(napi_env env, napi_value value);
  std::optional<std::string_view> ReadUtf16(napi_env env, napi_value value);

  std::vector<char> memory_;
  std::vector<char16_t> units_;
  // Whether the last string was ASCII and nothing else: the next one is read as that needs it. V8
  // copies ASCII, but encodes anything else several times slower than it is encoded here, and most
  // applications have either the one or the other.
  bool ascii_ = true;
};

}  // namespace connect_hiredis
