#include "connection/backoff.h"

#include <gtest/gtest.h>

namespace connect_hiredis {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DelaysStayBelowABoundThatDoublesUpToTheMaximum) {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    Backoff backoff(milliseconds(50), milliseconds(400), seed);
    for (const int bound : {50, 100, 200, 400, 400, 400}) {
      const auto delay = backoff.Next();
      EXPECT_GE(delay.count(), 0);
      EXPECT_LE(delay.count(), bound);
    }
  }
}

TEST(Backoff, DelaysAreSpreadOverTheWholeRange) {
  int low = 0;
  int high = 0;
  for (std::uint32_t seed = 1; seed <= 1000; ++seed) {
    Backoff backoff(milliseconds(1000), milliseconds(1000), seed * 7919);
    const auto delay = backoff.Next().count();
    low += delay < 250 ? 1 : 0;
    high += delay > 750 ? 1 : 0;
  }
  EXPECT_GT(low, 150);
  EXPECT_GT(high, 150);
}

TEST(Backoff, AResetBeginsAgainAtTheMinimum) {
  Backoff backoff(milliseconds(10), milliseconds(10'000), 42);
  for (int attempt = 0; attempt < 20; ++attempt) backoff.Next();
  backoff.Reset();
  EXPECT_LE(backoff.Next().count(), 10);
}

TEST(Backoff, FailuresThatWaitingDoesNotMendWaitLongest) {
  const Backoff backoff(milliseconds(50), milliseconds(2000), 1);
  EXPECT_EQ(backoff.Slowest(), milliseconds(2000));
}

}  // namespace
}  // namespace connect_hiredis
