#include "loop/clock.h"

#include <gtest/gtest.h>

namespace connect_hiredis::test {
namespace {

using std::chrono::milliseconds;

TEST(ClockTest, TellsTheMomentAfterASpan) {
  EXPECT_EQ(After(Nanoseconds(5), milliseconds(2)), Nanoseconds(2'000'005));
  EXPECT_EQ(After(Nanoseconds(5), milliseconds(-2)), Nanoseconds(-1'999'995));
}

TEST(ClockTest, ASpanThatNoClockCanTellEndsAsLateAsOneCan) {
  const Nanoseconds now = Now();
  const Nanoseconds end = After(now, milliseconds::max());
  EXPECT_GT(end, now);
  EXPECT_GT(end, Nanoseconds::max() - milliseconds(1));
}

}  // namespace
}  // namespace connect_hiredis::test
