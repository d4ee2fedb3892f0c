// UTF-8 as JavaScript's engines keep strings: one byte for each character as long as all of them
// are at most U+00FF, else UTF-16. They decode it several times slower themselves, character by
// character, as soon as one is not ASCII.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace connect_hiredis {

bool IsAscii(std::string_view bytes);

// Well-formed UTF-8 decoded: Latin-1 if all of it is at most U+00FF, else UTF-16; nothing if the
// bytes are not well-formed (Unicode 15, table 3-7: no overlong forms, no surrogates).
using DecodedText = std::variant<std::monostate, std::string, std::u16string>;
DecodedText DecodeUtf8(std::string_view bytes);

}  // namespace connect_hiredis
