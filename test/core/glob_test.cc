#include "session/glob.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "support/redis_glob.h"

namespace connect_hiredis {
namespace {

using std::string_literals::operator""s;
using test::RedisGlobMatches;

TEST(RedisGlob, TheReferenceKnowsWhatRedisKnows) {
  EXPECT_TRUE(RedisGlobMatches("h?llo", "hallo"));
  EXPECT_FALSE(RedisGlobMatches("h?llo", "hllo"));
  EXPECT_TRUE(RedisGlobMatches("h*llo", "heeeello"));
  EXPECT_TRUE(RedisGlobMatches("h[ae]llo", "hello"));
  EXPECT_FALSE(RedisGlobMatches("h[ae]llo", "hillo"));
  EXPECT_FALSE(RedisGlobMatches("h[^e]llo", "hello"));
  EXPECT_TRUE(RedisGlobMatches("h[a-b]llo", "hbllo"));
  EXPECT_TRUE(RedisGlobMatches("a\\*b", "a*b"));
  EXPECT_FALSE(RedisGlobMatches("a\\*b", "axb"));
  EXPECT_TRUE(RedisGlobMatches("[a\\]]x", "]x"));
  EXPECT_TRUE(RedisGlobMatches("a[b", "ab"));
  EXPECT_FALSE(RedisGlobMatches("a", "ab"));
}

TEST(PrefixPattern, AnOrdinaryPrefixIsWrittenAsItIs) {
  EXPECT_EQ(PrefixPattern("sess:"), "sess:*");
}

TEST(PrefixPattern, NoPrefixMatchesEverything) { EXPECT_EQ(PrefixPattern(""), "*"); }

TEST(PrefixPattern, MatchesItsOwnKeysAndNoOthers) {
  for (const std::string& prefix :
       {"a[1]*?"s, "*"s, "?"s, "["s, "[^a]"s, "[a-z]"s, "\\"s, "a\\*"s, "\\\\"s, "]"s, "^-"s,
        "a\0b"s, "\xF0\x9F\x98\x80"s, "\xff[\xfe"s, "\r\n"s}) {
    const std::string pattern = PrefixPattern(prefix);
    EXPECT_TRUE(RedisGlobMatches(pattern, prefix)) << pattern;
    EXPECT_TRUE(RedisGlobMatches(pattern, prefix + "id")) << pattern;
    EXPECT_TRUE(RedisGlobMatches(pattern, prefix + "*?[\\\0"s)) << pattern;
    EXPECT_FALSE(RedisGlobMatches(pattern, "x" + prefix + "id")) << pattern;
    // One byte different, wherever it is.
    for (std::size_t at = 0; at < prefix.size(); ++at) {
      for (const char other : "ab1x*?[]\\^-\0\xff"s) {
        std::string key = prefix + "id";
        if (key[at] == other) continue;
        key[at] = other;
        EXPECT_FALSE(RedisGlobMatches(pattern, key)) << pattern << " against " << key;
      }
    }
  }
}

TEST(PrefixPattern, ItMeansNothingMoreThanBeginningWith) {
  constexpr std::string_view kLetters = "*?[]\\^-a";
  std::minstd_rand random(7);
  const auto text = [&](std::size_t longest) {
    std::string made;
    for (std::size_t length = random() % (longest + 1); length > 0; --length) {
      made += kLetters[random() % kLetters.size()];
    }
    return made;
  };
  int matched = 0;
  for (int round = 0; round < 100'000; ++round) {
    const std::string prefix = text(5);
    const std::string key = round % 2 == 0 ? text(7) : prefix.substr(0, random() % 6) + text(2);
    const bool expected = key.starts_with(prefix);
    matched += expected ? 1 : 0;
    ASSERT_EQ(RedisGlobMatches(PrefixPattern(prefix), key), expected) << prefix << " " << key;
  }
  EXPECT_GT(matched, 1000);
}

}  // namespace
}  // namespace connect_hiredis
