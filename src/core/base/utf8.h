// From UTF-8 to what JavaScript's engines keep, and back: one byte for each character as long as
// all of them are at most U+00FF, else UTF-16. They do it several times slower themselves,
// character by character, as soon as one is not ASCII.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace connect_hiredis {

bool IsAscii(std::string_view bytes);

// Well-formed UTF-8 decoded: Latin-1 if all of it is at most U+00FF, else UTF-16; nothing if the
// bytes are not well-formed (Unicode 15, table 3-7: no overlong forms, no surrogates).
using DecodedText = std::variant<std::monostate, std::string, std::u16string>;
DecodedText DecodeUtf8(std::string_view bytes);

// How many bytes `text` takes; a surrogate without its other half counts as U+FFFD.
std::size_t Utf8Length(std::u16string_view text);

// Writes them to `bytes`, which has room for them, and gives their number.
std::size_t EncodeUtf8(std::u16string_view text, char* bytes);

constexpr std::size_t kMaxUtf8BytesPerUnit = 3;

}  // namespace connect_hiredis
