#include "session/key_filter.h"

#include <string>

#include <gtest/gtest.h>

namespace connect_hiredis {
namespace {

using std::string_literals::operator""s;

TEST(KeyFilter, EachOfAHundredThousandKeysIsNewOnce) {
  KeyFilter filter;
  for (int round = 0; round < 2; ++round) {
    for (int number = 0; number < 100'000; ++number) {
      ASSERT_EQ(filter.Add("sess:" + std::to_string(number)), round == 0) << number;
    }
  }
  EXPECT_EQ(filter.size(), 100'000U);
}

TEST(KeyFilter, AKeyIsKnownFromTheMomentItIsAdded) {
  KeyFilter filter;
  for (int number = 0; number < 20'000; ++number) {
    const std::string key = std::to_string(number);
    ASSERT_TRUE(filter.Add(key));
    ASSERT_FALSE(filter.Add(key));
    ASSERT_FALSE(filter.Add(std::to_string(number / 2)));
  }
  EXPECT_EQ(filter.size(), 20'000U);
}

TEST(KeyFilter, KeysThatDifferInOneByteAreTwoKeys) {
  KeyFilter filter;
  std::size_t keys = 0;
  for (int byte = 0; byte < 256; ++byte) {
    for (const std::size_t at : {std::size_t{0}, std::size_t{7}, std::size_t{31}}) {
      std::string key(32, '.');
      key[at] = static_cast<char>(byte);
      if (byte != '.' || at == 0) ++keys;
      EXPECT_EQ(filter.Add(key), byte != '.' || at == 0);
    }
  }
  EXPECT_EQ(filter.size(), keys);
}

TEST(KeyFilter, AMillionKeysAreNewOnce) {
  KeyFilter filter;
  for (int number = 0; number < 1'000'000; ++number) {
    ASSERT_TRUE(filter.Add("sess:" + std::to_string(number))) << number;
  }
  for (int number = 0; number < 1'000'000; number += 97) {
    ASSERT_FALSE(filter.Add("sess:" + std::to_string(number))) << number;
  }
  EXPECT_EQ(filter.size(), 1'000'000U);
}

TEST(KeyFilter, TheEmptyKeyAndZerosAreKeysToo) {
  KeyFilter filter;
  EXPECT_TRUE(filter.Add(""));
  EXPECT_TRUE(filter.Add("\0"s));
  EXPECT_TRUE(filter.Add("\0\0"s));
  EXPECT_FALSE(filter.Add(""));
  EXPECT_FALSE(filter.Add("\0"s));
  EXPECT_EQ(filter.size(), 3U);
}

}  // namespace
}  // namespace connect_hiredis
