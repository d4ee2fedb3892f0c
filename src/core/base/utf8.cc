#include "base/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace connect_hiredis {

namespace {

constexpr char32_t kLargestLatin1 = 0xFF;
constexpr char32_t kFirstSupplementary = 0x10000;
constexpr char32_t kFirstHighSurrogate = 0xD800;
constexpr char32_t kFirstLowSurrogate = 0xDC00;
constexpr char32_t kLastSurrogate = 0xDFFF;
constexpr char32_t kReplacement = 0xFFFD;

// Bytes that are looked at together.
using Word = std::uint64_t;
constexpr Word kHighBits = 0x8080808080808080ULL;

bool IsAsciiWord(const char* bytes) {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return (word & kHighBits) == 0;
}

bool IsContinuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

struct Character {
  char32_t point = 0;
  std::size_t length = 0;  // bytes; 0: malformed
};

// The character at the beginning of `bytes`, which are not empty.
Character ReadCharacter(std::string_view bytes) {
  const auto at = [&](std::size_t index) { return static_cast<unsigned char>(bytes[index]); };
  const unsigned char first = at(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length == 0 || first > 0xF4 || bytes.size() < length) return {};
  char32_t point = first & (0xFFU >> (length + 1));
  for (std::size_t index = 1; index < length; ++index) {
    if (!IsContinuation(at(index))) return {};
    point = (point << 6U) | (at(index) & 0x3FU);
  }
  const unsigned char second = at(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool beyond = first == 0xF4 && second > 0x8F;
  if (overlong || surrogate || beyond) return {};
  return {point, length};
}

enum class Outcome { kDecoded, kMalformed, kTooWide };

// `text` has a unit for each byte, which is enough for any; it is cut to what was decoded.
template <typename Unit>
Outcome Decode(std::string_view bytes, std::basic_string<Unit>& text) {
  constexpr bool kNarrow = sizeof(Unit) == 1;
  Unit* next = text.data();
  while (!bytes.empty()) {
    // Most of what is stored is ASCII, whatever the names in it.
    while (bytes.size() >= sizeof(Word) && IsAsciiWord(bytes.data())) {
      for (std::size_t index = 0; index < sizeof(Word); ++index) {
        next[index] = static_cast<Unit>(bytes[index]);
      }
      next += sizeof(Word);
      bytes.remove_prefix(sizeof(Word));
    }
    if (bytes.empty()) break;
    const Character character = ReadCharacter(bytes);
    if (character.length == 0) return Outcome::kMalformed;
    if (kNarrow && character.point > kLargestLatin1) return Outcome::kTooWide;
    if (character.point < kFirstSupplementary) {
      *next++ = static_cast<Unit>(character.point);
    } else {
      const char32_t offset = character.point - kFirstSupplementary;
      *next++ = static_cast<Unit>(kFirstHighSurrogate + (offset >> 10U));
      *next++ = static_cast<Unit>(kFirstLowSurrogate + (offset & 0x3FFU));
    }
    bytes.remove_prefix(character.length);
  }
  text.resize(static_cast<std::size_t>(next - text.data()));
  return Outcome::kDecoded;
}

// Units that are looked at together: what compilers make vectors of.
constexpr std::size_t kBlock = 16;

bool IsAsciiBlock(const char16_t* units) {
  unsigned int seen = 0;
  for (std::size_t index = 0; index < kBlock; ++index) seen |= units[index];
  return seen < 0x80;
}

struct Units {
  char32_t point = 0;
  std::size_t length = 0;
};

// The character at the beginning of `text`, which is not empty.
Units ReadUnits(std::u16string_view text) {
  const char32_t first = text[0];
  if (first < kFirstHighSurrogate || first > kLastSurrogate) return {first, 1};
  if (first < kFirstLowSurrogate && text.size() > 1) {
    const char32_t second = text[1];
    if (second >= kFirstLowSurrogate && second <= kLastSurrogate) {
      const char32_t offset =
          ((first - kFirstHighSurrogate) << 10U) + (second - kFirstLowSurrogate);
      return {kFirstSupplementary + offset, 2};
    }
  }
  return {kReplacement, 1};
}

std::size_t LengthOf(char32_t point) {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < kFirstSupplementary ? 3 : 4;
}

char* Write(char32_t point, char* bytes) {
  const auto put = [&](char32_t byte) { *bytes++ = static_cast<char>(byte); };
  const auto put_rest = [&](unsigned int shift) { put(0x80U | ((point >> shift) & 0x3FU)); };
  switch (LengthOf(point)) {
    case 1:
      put(point);
      break;
    case 2:
      put(0xC0U | (point >> 6U));
      put_rest(0);
      break;
    case 3:
      put(0xE0U | (point >> 12U));
      put_rest(6);
      put_rest(0);
      break;
    default:
      put(0xF0U | (point >> 18U));
      put_rest(12);
      put_rest(6);
      put_rest(0);
      break;
  }
  return bytes;
}

// Calls `on_ascii` with each whole block of ASCII, and `on_character` with each character of the
// rest.
template <typename OnAscii, typename OnCharacter>
void Walk(std::u16string_view text, const OnAscii& on_ascii, const OnCharacter& on_character) {
  while (!text.empty()) {
    if (text.size() >= kBlock && IsAsciiBlock(text.data())) {
      on_ascii(text.data());
      text.remove_prefix(kBlock);
      continue;
    }
    // A block that is not has more than one of them, in most languages.
    for (std::size_t units = 0; units < kBlock && !text.empty();) {
      const Units character = ReadUnits(text);
      on_character(character.point);
      units += character.length;
      text.remove_prefix(character.length);
    }
  }
}

}  // namespace

bool IsAscii(std::string_view bytes) {
  Word seen = 0;
  for (; bytes.size() >= sizeof(seen); bytes.remove_prefix(sizeof(seen))) {
    Word word = 0;
    std::memcpy(&word, bytes.data(), sizeof(word));
    seen |= word;
  }
  for (const char byte : bytes) seen |= static_cast<unsigned char>(byte);
  return (seen & kHighBits) == 0;
}

DecodedText DecodeUtf8(std::string_view bytes) {
  std::string narrow(bytes.size(), '\0');
  const Outcome outcome = Decode(bytes, narrow);
  if (outcome == Outcome::kDecoded) return narrow;
  if (outcome == Outcome::kMalformed) return {};
  std::u16string wide(bytes.size(), u'\0');
  if (Decode(bytes, wide) != Outcome::kDecoded) return {};
  return wide;
}

std::size_t Utf8Length(std::u16string_view text) {
  std::size_t length = 0;
  Walk(
      text, [&](const char16_t* /*units*/) { length += kBlock; },
      [&](char32_t point) { length += LengthOf(point); });
  return length;
}

std::size_t EncodeUtf8(std::u16string_view text, char* bytes) {
  char* next = bytes;
  Walk(
      text,
      [&](const char16_t* units) {
        for (std::size_t index = 0; index < kBlock; ++index) {
          next[index] = static_cast<char>(units[index]);
        }
        next += kBlock;
      },
      [&](char32_t point) { next = Write(point, next); });
  return static_cast<std::size_t>(next - bytes);
}

}  // namespace connect_hiredis
