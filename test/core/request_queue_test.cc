#include "session/redundant/request_queue.h"

#include <gtest/gtest.h>

namespace connect_hiredis {
namespace {

using Indices = std::vector<std::size_t>;

TEST(RequestQueueTest, GivesThemInTheirOrderAndCountsTheirBytes) {
  RequestQueue queue;
  EXPECT_TRUE(queue.empty());
  queue.Push(7, 100);
  queue.Push(3, 20);
  EXPECT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue.bytes(), 120U);
  EXPECT_EQ(queue.Pop(), 7U);
  EXPECT_EQ(queue.bytes(), 20U);
  EXPECT_EQ(queue.Pop(), 3U);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST(RequestQueueTest, WhatIsTakenOutOfTheMiddleDoesNotCount) {
  RequestQueue queue;
  for (std::size_t index = 1; index <= 4; ++index) queue.Push(index, index * 10);
  queue.EraseIf([](std::size_t index) { return index % 2 == 0; });
  EXPECT_EQ(queue.bytes(), 40U);
  EXPECT_EQ(queue.TakeAll(), (Indices{1, 3}));
  EXPECT_EQ(queue.bytes(), 0U);
}

}  // namespace
}  // namespace connect_hiredis
