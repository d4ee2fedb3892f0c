// Bytes of any kind, and UTF-16 of any kind: decoded are those that the C library decodes, to the
// same; what was decoded is encoded to the same bytes; what was encoded is well-formed.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "require.h"
#include "support/utf8_reference.h"

namespace connect_hiredis::fuzz {
namespace {

using test::IsMalformed;
using test::Widened;

std::string Encode(std::u16string_view text) {
  std::string bytes(Utf8Length(text), '\0');
  Require(EncodeUtf8(text, bytes.data()) == bytes.size(), "the length is foretold");
  Require(bytes.size() <= text.size() * kMaxUtf8BytesPerUnit, "the length is bounded");
  return bytes;
}

void CheckBytes(std::string_view bytes) {
  static const test::Utf8Reference reference;
  std::u16string expected;
  const bool well_formed = reference.Decode(std::string(bytes), expected);
  const DecodedText decoded = DecodeUtf8(bytes);
  Require(IsMalformed(decoded) == !well_formed, "what is malformed is what the C library says");
  if (!well_formed) return;
  Require(Widened(decoded) == expected, "it is decoded as the C library does");
  Require(Encode(expected) == bytes, "it is encoded to what it was");
  Require(!IsAscii(bytes) || bytes.size() == expected.size(), "ASCII has a byte for each unit");
}

void CheckUnits(std::string_view bytes) {
  std::u16string units(bytes.size() / 2, u'\0');
  if (!units.empty()) std::memcpy(units.data(), bytes.data(), units.size() * 2);
  const DecodedText back = DecodeUtf8(Encode(units));
  Require(!IsMalformed(back), "what was encoded is well-formed");
  Require(Widened(back).size() == units.size(), "nothing is lost");
}

}  // namespace
}  // namespace connect_hiredis::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  connect_hiredis::fuzz::CheckBytes(text);
  connect_hiredis::fuzz::CheckUnits(text);
  return 0;
}
