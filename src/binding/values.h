// Conversion between C++ and JavaScript values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <napi.h>

#include "core/base/error.h"
#include "core/connection/options.h"

namespace connect_hiredis {

// What stored bytes become in JavaScript. The numbers are those of lib/serializer.js.
enum class Decoding : std::uint8_t {
  kAuto = 0,    // a string if the bytes are valid UTF-8, else a Buffer
  kBinary = 1,  // a Buffer
};

// Such as ERR_REDIS_TIMEOUT or ECONNREFUSED.
std::string CodeOf(const Error& error);

// These make values outside of a call from JavaScript, also when the environment is ending and
// makes none any more: null then. (node-addon-api's own would end the process over it.)
// A string; what is no UTF-8 becomes U+FFFD.
napi_value MakeText(napi_env env, std::string_view text);
napi_value DecodeBytes(napi_env env, std::string_view bytes, Decoding decoding);
napi_value MakeNumber(napi_env env, double number);
napi_value MakeFailure(napi_env env, const Error& error);
void SetProperty(napi_env env, napi_value object, const char* name, napi_value value);

// What these have left pending, such as a lack of memory; null if nothing. It is an Error, to be
// told to whose value could not be made: left pending, it would fail whatever is done next.
napi_value TakeException(napi_env env);

// Null when the environment is ending: a Worker may be terminated at any point.
napi_value PropertyOf(napi_env env, napi_value object, const char* name);

// Nothing when the environment is ending.
std::optional<ConnectionOptions> ReadConnectionOptions(napi_env env, napi_value options);

}  // namespace connect_hiredis
