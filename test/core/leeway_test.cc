#include "connection/leeway.h"

#include <gtest/gtest.h>

namespace connect_hiredis {
namespace {

using std::chrono::milliseconds;

constexpr Nanoseconds kMost = milliseconds(1000);
constexpr Nanoseconds kStart = std::chrono::hours(1);

Nanoseconds At(int time) { return kStart + milliseconds(time); }

TEST(LeewayTest, WithoutABlockThereIsNone) {
  const Leeway leeway(kMost);
  EXPECT_FALSE(leeway.Covers(At(10), At(10)));
}

TEST(LeewayTest, AfterABlockABreathIsGivenToTheFirstBytes) {
  Leeway leeway(kMost);
  leeway.Begin(At(0), At(-600));
  EXPECT_TRUE(leeway.Covers(At(0), At(-600)));
  EXPECT_TRUE(leeway.Covers(At(49), At(-600)));
  EXPECT_FALSE(leeway.Covers(At(50), At(-600)));
}

TEST(LeewayTest, AsLongAsBytesComeItGoesOn) {
  Leeway leeway(kMost);
  leeway.Begin(At(0), At(-600));
  EXPECT_TRUE(leeway.Covers(At(500), At(480)));
  EXPECT_FALSE(leeway.Covers(At(500), At(450)));
}

TEST(LeewayTest, BytesMayComeInThePollAfterTheDeadline) {
  Leeway leeway(kMost);
  leeway.Begin(At(0), At(-600));
  EXPECT_TRUE(leeway.Covers(At(500), At(501)));
}

TEST(LeewayTest, ItEndsHoweverManyBytesCome) {
  Leeway leeway(kMost);
  leeway.Begin(At(0), At(-600));
  EXPECT_TRUE(leeway.Covers(At(999), At(999)));
  EXPECT_FALSE(leeway.Covers(At(1000), At(1000)));
}

TEST(LeewayTest, AnotherBlockBeginsItAnewIfBytesCameMeanwhile) {
  Leeway leeway(kMost);
  leeway.Begin(At(0), At(-600));
  leeway.Begin(At(300), At(1));
  EXPECT_TRUE(leeway.Covers(At(310), At(1)));
}

TEST(LeewayTest, OrIfTheOneBeforeIsLongOver) {
  Leeway leeway(kMost);
  leeway.Begin(At(0), At(-600));
  leeway.Begin(At(1000), At(-600));
  EXPECT_TRUE(leeway.Covers(At(1010), At(-600)));
}

TEST(LeewayTest, BlocksOfWhichNoneWasFollowedByBytesBeginNothingAnew) {
  Leeway leeway(kMost);
  for (int time = 0; time < 500; time += 40) leeway.Begin(At(time), At(-600));
  EXPECT_FALSE(leeway.Covers(At(490), At(-600)));
  // Unless bytes come in the end.
  EXPECT_TRUE(leeway.Covers(At(490), At(491)));
}

}  // namespace
}  // namespace connect_hiredis
