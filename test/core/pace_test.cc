#include "connection/pace.h"

#include <vector>

#include <gtest/gtest.h>

namespace connect_hiredis::test {
namespace {

// How many of `commands` leave together, if each tick begins with as many answered; the rest
// leaves at its end.
std::vector<std::size_t> Writes(Pace& pace, std::size_t commands, std::size_t under_way = 0) {
  std::vector<std::size_t> writes;
  std::size_t gathered = 0;
  for (std::size_t command = 0; command < commands; ++command) {
    ++gathered;
    if (!pace.Add(++under_way)) continue;
    pace.Left();
    writes.push_back(gathered);
    gathered = 0;
  }
  if (gathered > 0) writes.push_back(gathered);
  pace.Left();
  pace.EndTick(under_way);
  return writes;
}

using Sizes = std::vector<std::size_t>;

TEST(PaceTest, AFewCommandsLeaveTogether) {
  Pace pace;
  EXPECT_EQ(Writes(pace, 7), Sizes{7});
  EXPECT_EQ(Writes(pace, 7), Sizes{7});
}

TEST(PaceTest, ManyLeaveInQuarters) {
  Pace pace;
  Writes(pace, 64);
  EXPECT_EQ(Writes(pace, 64), (Sizes{16, 16, 16, 16}));
  Writes(pace, 32);
  EXPECT_EQ(Writes(pace, 32), (Sizes{8, 8, 8, 8}));
}

TEST(PaceTest, QuartersAreOfAllThatIsUnderWay) {
  Pace pace;
  Writes(pace, 64);
  // 48 of them are still unanswered.
  EXPECT_EQ(Writes(pace, 16, 48), Sizes{16});
}

TEST(PaceTest, NoMoreThanThirtyTwoWait) {
  Pace pace;
  Writes(pace, 1000);
  EXPECT_EQ(Writes(pace, 100), (Sizes{32, 32, 32, 4}));
}

TEST(PaceTest, WithoutATickBeforeItGrowsWithWhatHasLeft) {
  Pace pace;
  const Sizes writes = Writes(pace, 1000);
  EXPECT_EQ(writes.front(), 8U);
  EXPECT_EQ(writes[writes.size() - 2], 32U);
}

TEST(PaceTest, WhatLeavesForAnotherReasonIsNotWaitedFor) {
  Pace pace;
  for (int command = 0; command < 7; ++command) EXPECT_FALSE(pace.Add(1));
  pace.Left();
  for (int command = 0; command < 7; ++command) EXPECT_FALSE(pace.Add(1));
  EXPECT_TRUE(pace.Add(1));
}

}  // namespace
}  // namespace connect_hiredis::test
