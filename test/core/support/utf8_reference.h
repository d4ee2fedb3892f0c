// What the C library makes of UTF-8, and what ours is compared by.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <variant>

#include <iconv.h>

#include "base/utf8.h"

namespace connect_hiredis::test {

// The C library's opinion: UTF-16, or nothing if the bytes are malformed.
class Utf8Reference {
 public:
  Utf8Reference() : converter_(iconv_open("UTF-16LE", "UTF-8")) {}
  Utf8Reference(const Utf8Reference&) = delete;
  Utf8Reference& operator=(const Utf8Reference&) = delete;
  ~Utf8Reference() { iconv_close(converter_); }

  [[nodiscard]] bool Decode(std::string bytes, std::u16string& text) const {
    std::string output(bytes.size() * 2 + 2, '\0');
    char* from = bytes.data();
    char* to = output.data();
    std::size_t from_left = bytes.size();
    std::size_t to_left = output.size();
    iconv(converter_, nullptr, nullptr, nullptr, nullptr);
    const std::size_t outcome = iconv(converter_, &from, &from_left, &to, &to_left);
    if (outcome == static_cast<std::size_t>(-1)) return false;
    text.resize((output.size() - to_left) / 2);
    std::memcpy(text.data(), output.data(), text.size() * 2);
    return true;
  }

 private:
  iconv_t converter_;
};

inline bool IsMalformed(const DecodedText& decoded) {
  return std::holds_alternative<std::monostate>(decoded);
}

// What was decoded, as UTF-16, whichever way it came.
inline std::u16string Widened(const DecodedText& decoded) {
  if (const auto* wide = std::get_if<std::u16string>(&decoded)) return *wide;
  std::u16string text;
  for (const char byte : std::get<std::string>(decoded)) {
    text += static_cast<char16_t>(static_cast<unsigned char>(byte));
  }
  return text;
}

}  // namespace connect_hiredis::test
