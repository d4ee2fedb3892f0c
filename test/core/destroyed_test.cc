// What this process has destroyed of late.
#include "topology/destroyed.h"

#include <gtest/gtest.h>

namespace connect_hiredis::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(DestroyedTest, KnowsWhenASessionWasDestroyed) {
  Destroyed destroyed;
  EXPECT_FALSE(destroyed.At("a", seconds(1)));
  destroyed.Add("a", seconds(2));
  EXPECT_EQ(destroyed.At("a", seconds(3)), seconds(2));
  EXPECT_FALSE(destroyed.At("b", seconds(3)));
  destroyed.Add("a", seconds(4));
  EXPECT_EQ(destroyed.At("a", seconds(5)), seconds(4));
}

TEST(DestroyedTest, ForgetsWhatIsStoredAnew) {
  Destroyed destroyed;
  destroyed.Add("a", seconds(1));
  destroyed.Forget("a");
  destroyed.Forget("b");
  EXPECT_FALSE(destroyed.At("a", seconds(1)));
}

TEST(DestroyedTest, ForgetsWithTime) {
  Destroyed destroyed;
  destroyed.Add("a", seconds(0));
  EXPECT_TRUE(destroyed.At("a", Destroyed::kMaxAge));
  EXPECT_FALSE(destroyed.At("a", Destroyed::kMaxAge + seconds(1)));
  destroyed.Add("b", Destroyed::kMaxAge + seconds(1));
  EXPECT_EQ(destroyed.size(), 1U);
}

TEST(DestroyedTest, KeepsTheLatestOfTooMany) {
  Destroyed destroyed;
  for (std::size_t n = 0; n < 2 * Destroyed::kMaxEntries; ++n) {
    destroyed.Add(std::to_string(n), seconds(1));
  }
  EXPECT_EQ(destroyed.size(), Destroyed::kMaxEntries);
  EXPECT_FALSE(destroyed.At("0", seconds(1)));
  EXPECT_TRUE(destroyed.At(std::to_string(Destroyed::kMaxEntries), seconds(1)));
}

TEST(DestroyedTest, WhatWasDestroyedAgainIsKeptAsTheLater) {
  Destroyed destroyed;
  destroyed.Add("a", seconds(0));
  destroyed.Add("a", minutes(9));
  destroyed.Add("b", minutes(11));
  EXPECT_EQ(destroyed.At("a", minutes(11)), minutes(9));
}

TEST(DestroyedTest, OneSessionAgainAndAgainTakesNoMoreThanTheBound) {
  Destroyed destroyed;
  for (std::size_t n = 0; n < 3 * Destroyed::kMaxEntries; ++n) {
    destroyed.Add("a", Nanoseconds(n));
    destroyed.Forget("a");
  }
  EXPECT_EQ(destroyed.size(), 0U);
}

}  // namespace
}  // namespace connect_hiredis::test
