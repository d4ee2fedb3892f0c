#include "topology/standing.h"

#include <gtest/gtest.h>

namespace connect_hiredis::test {
namespace {

TEST(StandingTest, EachHasItsName) {
  EXPECT_STREQ(NameOf(Standing::kAway), "away");
  EXPECT_STREQ(NameOf(Standing::kCatchingUp), "catching up");
  EXPECT_STREQ(NameOf(Standing::kSettling), "settling");
  EXPECT_STREQ(NameOf(Standing::kTrusted), "trusted");
}

}  // namespace
}  // namespace connect_hiredis::test
