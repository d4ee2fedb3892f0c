#include "base/ring.h"

#include <deque>
#include <random>

#include <gtest/gtest.h>

namespace connect_hiredis {
namespace {

TEST(Ring, GivesBackInOrderWhateverTheMixOfPushAndPop) {
  std::minstd_rand random(1);
  Ring<int> ring;
  std::deque<int> expected;
  for (int next = 0; next < 10'000; ++next) {
    const bool push = expected.empty() || random() % 5 < (next < 5'000 ? 3U : 2U);
    if (push) {
      ring.Push(next);
      expected.push_back(next);
    } else {
      ASSERT_EQ(ring.Pop(), expected.front());
      expected.pop_front();
    }
    ASSERT_EQ(ring.size(), expected.size());
    ASSERT_EQ(ring.empty(), expected.empty());
  }
}

TEST(Ring, GrowsWhileItsBeginningIsInTheMiddle) {
  Ring<int> ring;
  for (int next = 0; next < 40; ++next) ring.Push(next);
  for (int next = 0; next < 30; ++next) ring.Pop();
  for (int next = 40; next < 1'000; ++next) ring.Push(next);
  for (int next = 30; next < 1'000; ++next) ASSERT_EQ(ring.Pop(), next);
  EXPECT_TRUE(ring.empty());
}

}  // namespace
}  // namespace connect_hiredis
