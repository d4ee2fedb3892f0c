#include "binding/values.h"

#include <chrono>
#include <variant>

#include "core/base/utf8.h"
#include "core/loop/system_error.h"

namespace connect_hiredis {

namespace {

// One byte for each character, as V8 keeps it: no decoding. Of ASCII these are the bytes of UTF-8.
napi_value MakeLatin1(napi_env env, std::string_view text) {
  napi_value value = nullptr;
  napi_create_string_latin1(env, text.data(), text.size(), &value);
  return value;
}

double ReadNumber(napi_env env, napi_value object, const char* name) {
  double number = 0;
  napi_get_value_double(env, PropertyOf(env, object, name), &number);
  return number;
}

bool ReadFlag(napi_env env, napi_value object, const char* name) {
  bool flag = false;
  napi_get_value_bool(env, PropertyOf(env, object, name), &flag);
  return flag;
}

std::chrono::milliseconds ReadMilliseconds(napi_env env, napi_value object, const char* name) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(ReadNumber(env, object, name)));
}

std::optional<std::string> ReadText(napi_env env, napi_value object, const char* name) {
  const Napi::Value value(env, PropertyOf(env, object, name));
  if (!value.IsString()) return std::nullopt;
  return value.As<Napi::String>().Utf8Value();
}

}  // namespace

std::string CodeOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kSystem:
      return SystemErrorName(error.system_error);
    case ErrorCode::kReply:
      return "ERR_REDIS_REPLY";
    case ErrorCode::kTimeout:
      return "ERR_REDIS_TIMEOUT";
    case ErrorCode::kQueueFull:
      return "ERR_REDIS_QUEUE_FULL";
    case ErrorCode::kClosed:
      return "ERR_REDIS_CLOSED";
    case ErrorCode::kCredentials:
      return "ERR_REDIS_CREDENTIALS";
    case ErrorCode::kProtocol:
      break;
  }
  return "ERR_REDIS_PROTOCOL";
}

napi_value MakeText(napi_env env, std::string_view text) {
  if (IsAscii(text)) return MakeLatin1(env, text);
  napi_value value = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return value;
}

napi_value DecodeBytes(napi_env env, std::string_view bytes, Decoding decoding) {
  napi_value value = nullptr;
  if (decoding == Decoding::kAuto) {
    if (IsAscii(bytes)) return MakeLatin1(env, bytes);
    const DecodedText decoded = DecodeUtf8(bytes);
    if (const auto* narrow = std::get_if<std::string>(&decoded)) return MakeLatin1(env, *narrow);
    if (const auto* wide = std::get_if<std::u16string>(&decoded)) {
      napi_create_string_utf16(env, wide->data(), wide->size(), &value);
      return value;
    }
  }
  napi_create_buffer_copy(env, bytes.size(), bytes.data(), nullptr, &value);
  return value;
}

napi_value MakeNumber(napi_env env, double number) {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  return value;
}

void SetProperty(napi_env env, napi_value object, const char* name, napi_value value) {
  if (object != nullptr && value != nullptr) napi_set_named_property(env, object, name, value);
}

napi_value TakeException(napi_env env) {
  bool pending = false;
  napi_value exception = nullptr;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return nullptr;
  if (napi_get_and_clear_last_exception(env, &exception) != napi_ok) return nullptr;
  bool error = false;
  if (napi_is_error(env, exception, &error) == napi_ok && error) return exception;
  // A setter that somebody has put on a prototype may throw anything.
  napi_create_error(env, nullptr, MakeText(env, "What Redis answered could not be told"),
                    &exception);
  return exception;
}

napi_value MakeFailure(napi_env env, const Error& error) {
  napi_value failure = nullptr;
  napi_create_object(env, &failure);
  const auto set_text = [&](const char* name, std::string_view text) {
    SetProperty(env, failure, name, MakeText(env, text));
  };
  const auto set_number = [&](const char* name, double number) {
    SetProperty(env, failure, name, MakeNumber(env, number));
  };
  const bool system = error.code == ErrorCode::kSystem;
  set_text("code", CodeOf(error));
  set_text("message", error.message);
  if (!error.reply.empty()) set_text("reply", error.reply);
  if (system) {
    set_number("errno", error.system_error);
    set_text("syscall", error.syscall);
    set_text("address", error.address);
    if (error.port != 0) set_number("port", error.port);
  }
  if (error.cause != nullptr) SetProperty(env, failure, "cause", MakeFailure(env, *error.cause));
  return failure;
}

napi_value PropertyOf(napi_env env, napi_value object, const char* name) {
  napi_value value = nullptr;
  if (napi_get_named_property(env, object, name, &value) != napi_ok) return nullptr;
  return value;
}

std::optional<ConnectionOptions> ReadConnectionOptions(napi_env env, napi_value options) {
  ConnectionOptions read;
  read.host = ReadText(env, options, "host").value_or("");
  read.port = static_cast<int>(ReadNumber(env, options, "port"));
  read.socket_path = ReadText(env, options, "socket").value_or("");
  read.username = ReadText(env, options, "username");
  read.password = ReadText(env, options, "password");
  read.database = static_cast<int>(ReadNumber(env, options, "database"));
  read.asks_credentials = ReadFlag(env, options, "asksCredentials");
  read.client_name = ReadText(env, options, "clientName").value_or("");
  read.library_version = ReadText(env, options, "libraryVersion").value_or("");
  read.connect_timeout = ReadMilliseconds(env, options, "connectTimeout");
  read.command_timeout = ReadMilliseconds(env, options, "commandTimeout");
  read.disconnect_after = ReadMilliseconds(env, options, "disconnectAfter");
  read.backoff_min = ReadMilliseconds(env, options, "backoffMin");
  read.backoff_max = ReadMilliseconds(env, options, "backoffMax");
  read.ping_interval = ReadMilliseconds(env, options, "pingInterval");
  read.queue_limit = static_cast<std::size_t>(ReadNumber(env, options, "queueCommands"));
  read.queue_bytes = static_cast<std::size_t>(ReadNumber(env, options, "queueBytes"));
  read.keep_alive = ReadFlag(env, options, "keepAlive");
  read.waits_in_loop = ReadFlag(env, options, "waitsInLoop");
  // Once nothing can be read, nothing can be read later either.
  if (PropertyOf(env, options, "host") == nullptr) return std::nullopt;
  return read;
}

}  // namespace connect_hiredis
