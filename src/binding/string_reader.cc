#include "binding/string_reader.h"

#include "core/base/utf8.h"

namespace connect_hiredis {

namespace {

// Strings up to this length are written with room for the most that they could take; longer ones
// are measured first, so as not to take three times their memory.
constexpr std::size_t kOnePass = 256UL * 1024;
constexpr std::size_t kMaxBytesPerCharacter = 4;

// What a reader begins with.
constexpr std::size_t kFirst = 4096;

// Memory that grew beyond this for one large session is given back.
constexpr std::size_t kKept = 1024UL * 1024;

template <typename Element>
void MakeRoom(std::vector<Element>& memory, std::size_t size) {
  if (memory.size() > kKept && size <= kKept) memory = std::vector<Element>(kFirst);
  if (memory.size() < size) memory.resize(size);
}

// Whether so much memory is to be given back, since so little of it is needed.
template <typename Element>
bool IsTooMuch(const std::vector<Element>& memory, std::size_t needed) {
  return memory.size() > kKept && needed < kKept / 2;
}

}  // namespace

StringReader::StringReader() : memory_(kFirst) {}

std::string_view StringReader::Read(napi_env env, napi_value value) {
  const auto text = ascii_ ? ReadUtf8(env, value) : ReadUtf16(env, value);
  if (text) return *text;
  void* data = nullptr;
  std::size_t size = 0;
  napi_get_buffer_info(env, value, &data, &size);
  return {static_cast<const char*>(data), size};
}

std::optional<std::string_view> StringReader::ReadUtf8(napi_env env, napi_value value) {
  const auto read = [&] {
    std::size_t length = 0;
    const napi_status status =
        napi_get_value_string_utf8(env, value, memory_.data(), memory_.size(), &length);
    return status == napi_ok ? std::optional(length) : std::nullopt;
  };
  std::optional<std::size_t> length = read();
  if (!length) return std::nullopt;
  // Most strings fit many times over. What comes out short of a whole character is whole.
  const bool whole = *length + kMaxBytesPerCharacter < memory_.size();
  if (!whole || IsTooMuch(memory_, *length)) {
    std::size_t units = 0;
    napi_get_value_string_utf16(env, value, nullptr, 0, &units);
    std::size_t room = units * kMaxUtf8BytesPerUnit;
    if (units > kOnePass) napi_get_value_string_utf8(env, value, nullptr, 0, &room);
    MakeRoom(memory_, room + kMaxBytesPerCharacter + 1);
    length = read();
  }
  const std::string_view text(memory_.data(), length.value_or(0));
  ascii_ = IsAscii(text);
  return text;
}

std::optional<std::string_view> StringReader::ReadUtf16(napi_env env, napi_value value) {
  const auto read = [&] {
    std::size_t units = 0;
    const napi_status status =
        napi_get_value_string_utf16(env, value, units_.data(), units_.size(), &units);
    return status == napi_ok ? std::optional(units) : std::nullopt;
  };
  std::optional<std::size_t> units = read();
  if (!units) return std::nullopt;
  const bool whole = *units + 1 < units_.size();
  if (!whole || IsTooMuch(units_, *units)) {
    napi_get_value_string_utf16(env, value, nullptr, 0, &*units);
    MakeRoom(units_, *units + 2);
    units = read();
  }
  const std::u16string_view text(units_.data(), units.value_or(0));
  MakeRoom(memory_, text.size() > kOnePass ? Utf8Length(text) : text.size() * kMaxUtf8BytesPerUnit);
  const std::size_t length = EncodeUtf8(text, memory_.data());
  ascii_ = length == text.size();
  return std::string_view(memory_.data(), length);
}

}  // namespace connect_hiredis
