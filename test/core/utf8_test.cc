#include "base/utf8.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "support/utf8_reference.h"

namespace connect_hiredis {
namespace {

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;
using test::IsMalformed;
using test::Utf8Reference;
using test::Widened;

std::string Encoded(char32_t point) {
  const auto byte = [](char32_t value) { return static_cast<char>(value); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xC0 | point >> 6U), byte(0x80 | (point & 0x3FU))};
  if (point < 0x10000) {
    return {byte(0xE0 | point >> 12U), byte(0x80 | (point >> 6U & 0x3FU)),
            byte(0x80 | (point & 0x3FU))};
  }
  return {byte(0xF0 | point >> 18U), byte(0x80 | (point >> 12U & 0x3FU)),
          byte(0x80 | (point >> 6U & 0x3FU)), byte(0x80 | (point & 0x3FU))};
}

// All characters of two bytes, and of more each seventeenth and those at both ends of their kind.
std::vector<char32_t> Characters() {
  std::vector<char32_t> points = {0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
  for (char32_t point = 0; point <= 0x10FFFF; point += point < 0x1000 ? 1 : 17) {
    if (point < 0xD800 || point > 0xDFFF) points.push_back(point);
  }
  return points;
}

// Nothing is written behind the end.
std::string Utf8Of(std::u16string_view text) {
  std::string bytes(Utf8Length(text) + 1, '#');
  const std::size_t length = EncodeUtf8(text, bytes.data());
  EXPECT_EQ(bytes.back(), '#');
  bytes.resize(length);
  return bytes;
}

TEST(Utf8, AsciiIsToldAtEveryLengthAndPlace) {
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string text(length, 'a');
    EXPECT_TRUE(IsAscii(text));
    for (std::size_t at = 0; at < length; ++at) {
      std::string other = text;
      other[at] = '\x80';
      EXPECT_FALSE(IsAscii(other)) << length << " " << at;
    }
  }
}

TEST(Utf8, UpToTheLastOfLatin1ItStaysOneByteForEachCharacter) {
  EXPECT_EQ(std::get<std::string>(DecodeUtf8("")), "");
  EXPECT_EQ(std::get<std::string>(DecodeUtf8("a\0b"s)), "a\0b"s);
  EXPECT_EQ(std::get<std::string>(DecodeUtf8("J\xC3\xBCrgen")), "J\xFCrgen");
  EXPECT_EQ(std::get<std::string>(DecodeUtf8("\xC3\xBF")), "\xFF");
}

TEST(Utf8, BeyondLatin1AllOfItIsUtf16) {
  EXPECT_EQ(std::get<std::u16string>(DecodeUtf8("\xC4\x80")), u"\u0100");
  EXPECT_EQ(std::get<std::u16string>(DecodeUtf8("\xC3\xBC, \xCE\xB1")), u"\u00FC, \u03B1");
  EXPECT_EQ(std::get<std::u16string>(DecodeUtf8("ten bytes \xF0\x9F\x98\x80!")),
            u"ten bytes \U0001F600!");
}

TEST(Utf8, ACharacterIsDecodedWhateverStandsAroundIt) {
  const Utf8Reference reference;
  for (const char32_t point : Characters()) {
    // At another place of the eight bytes that are looked at together each time.
    const std::string text = std::string(point % 11, 'a') + Encoded(point) + "bc";
    std::u16string expected;
    ASSERT_TRUE(reference.Decode(text, expected)) << static_cast<std::uint32_t>(point);
    ASSERT_EQ(Widened(DecodeUtf8(text)), expected) << static_cast<std::uint32_t>(point);
  }
}

TEST(Utf8, ACharacterIsEncodedWhateverStandsAroundIt) {
  for (const char32_t point : Characters()) {
    std::u16string character(1, static_cast<char16_t>(point));
    if (point >= 0x10000) {
      character = {static_cast<char16_t>(0xD7C0 + (point >> 10U)),
                   static_cast<char16_t>(0xDC00 + (point & 0x3FFU))};
    }
    // At another place of the blocks that are looked at together each time.
    const std::size_t before = point % 37;
    const std::u16string text = std::u16string(before, u'a') + character + u"bcdefghijklmnopqrst";
    const std::string expected = std::string(before, 'a') + Encoded(point) + "bcdefghijklmnopqrst";
    ASSERT_EQ(Utf8Of(text), expected) << static_cast<std::uint32_t>(point);
    ASSERT_EQ(Utf8Length(text), expected.size()) << static_cast<std::uint32_t>(point);
  }
}

TEST(Utf8, ASurrogateAloneIsTheReplacementCharacter) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  constexpr char16_t kHigh = 0xD83D;
  constexpr char16_t kLow = 0xDE00;
  for (std::size_t before = 0; before < 35; ++before) {
    for (std::size_t after = 0; after < 20; after += 19) {
      const auto encoded = [&](const std::u16string& middle) {
        const std::u16string text =
            std::u16string(before, u'a') + middle + std::u16string(after, u'b');
        EXPECT_EQ(Utf8Length(text), Utf8Of(text).size());
        return Utf8Of(text);
      };
      const auto expected = [&](std::string_view middle) {
        return std::string(before, 'a').append(middle) + std::string(after, 'b');
      };
      const std::string one(kReplacement);
      EXPECT_EQ(encoded({kHigh}), expected(one));
      EXPECT_EQ(encoded({kLow}), expected(one));
      EXPECT_EQ(encoded({kLow, kHigh}), expected(one + one));
      EXPECT_EQ(encoded({kHigh, kHigh, kLow}), expected(one + "\xF0\x9F\x98\x80"));
      EXPECT_EQ(encoded({kHigh, u'c'}), expected(one + "c"));
    }
  }
}

TEST(Utf8, WhatIsMalformedIsNothing) {
  constexpr std::array<std::string_view, 19> kMalformed = {
      "\x80"sv,              // a continuation of nothing
      "\xBF"sv,              //
      "\xC3"sv,              // cut off
      "\xE2\x82"sv,          //
      "\xF0\x9F\x98"sv,      //
      "\xC3("sv,             // no continuation
      "\xE2(\xA1"sv,         //
      "\xE2\x82("sv,         //
      "\xF0\x9F\x98("sv,     //
      "\xC0\x80"sv,          // overlong
      "\xC1\xBF"sv,          //
      "\xE0\x9F\xBF"sv,      //
      "\xF0\x8F\xBF\xBF"sv,  //
      "\xED\xA0\x80"sv,      // surrogates
      "\xED\xBF\xBF"sv,      //
      "\xF4\x90\x80\x80"sv,  // beyond U+10FFFF
      "\xF5\x80\x80\x80"sv,  //
      "\xFE"sv,              // never
      "\xFF"sv,              //
  };
  for (const std::string_view malformed : kMalformed) {
    for (std::size_t before = 0; before < 17; ++before) {
      for (const std::string_view between : {""sv, "\xC3\xBC"sv, "\xCE\xB1"sv}) {
        std::string text(before, 'a');
        text.append(between).append(malformed);
        EXPECT_TRUE(IsMalformed(DecodeUtf8(text))) << before << " " << malformed;
        EXPECT_TRUE(IsMalformed(DecodeUtf8(text + "bbbbbbbbb"))) << before << " " << malformed;
      }
    }
  }
}

TEST(Utf8, AtRandomItAgreesWithTheCLibrary) {
  constexpr std::string_view kBytes =
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xC3\xBC\xC3\xA4\xCE\xB1\xE2\x82\xAC\xED\x9F\xBF"
      "\xEE\x80\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\xFF";
  const Utf8Reference reference;
  std::minstd_rand random(7);
  int well_formed = 0;
  for (int round = 0; round < 300'000; ++round) {
    std::string text;
    for (std::size_t pieces = 1 + random() % 4; pieces > 0; --pieces) {
      const std::size_t from = random() % kBytes.size();
      text.append(kBytes.substr(from, random() % 24));
    }
    std::u16string expected;
    const DecodedText decoded = DecodeUtf8(text);
    ASSERT_EQ(!IsMalformed(decoded), reference.Decode(text, expected)) << text;
    if (IsMalformed(decoded)) continue;
    ++well_formed;
    ASSERT_EQ(Widened(decoded), expected) << text;
  }
  EXPECT_GT(well_formed, 10'000);
}

}  // namespace
}  // namespace connect_hiredis
