#include "protocol/reply_arena.h"

#include <cstdint>
#include <cstring>

#include <gtest/gtest.h>

#include "support/recorders.h"
#include "support/reply_reader.h"
#include "support/resp.h"

namespace connect_hiredis {
namespace {

using test::Array;
using test::Bulk;
using test::Describe;
using test::ReplyReader;

constexpr std::string_view kMixed =
    "*5\r\n$3\r\nabc\r\n:12\r\n$-1\r\n*2\r\n+OK\r\n-ERR no\r\n$0\r\n\r\n";
constexpr std::string_view kMixedText = "[$abc :12 nil [+OK -ERR no] $]";

TEST(ReplyArena, RepliesMayComeByteByByte) {
  ReplyReader reader;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t at = 0; at < kMixed.size(); ++at) {
      EXPECT_FALSE(reader.Next()) << "after " << at << " bytes";
      reader.Feed(kMixed.substr(at, 1));
    }
    const auto reply = reader.Next();
    ASSERT_TRUE(reply);
    EXPECT_EQ(Describe(*reply), kMixedText);
    reader.arena.Reset();
  }
}

TEST(ReplyArena, RepliesLiveUntilTheNextReset) {
  ReplyReader reader;
  std::vector<Reply> replies;
  for (int round = 0; round < 5000; ++round) {
    reader.Feed(kMixed);
    const auto reply = reader.Next();
    ASSERT_TRUE(reply);
    replies.push_back(*reply);
  }
  for (const Reply& reply : replies) EXPECT_EQ(Describe(reply), kMixedText);
}

TEST(ReplyArena, AResetUsesTheSameMemoryAgain) {
  ReplyArena arena;
  void* first = arena.Allocate(100);
  arena.Allocate(1'000'000);
  for (int round = 0; round < 1000; ++round) arena.Allocate(1000);
  arena.Reset();
  EXPECT_EQ(arena.Allocate(100), first);
}

TEST(ReplyArena, MemoryIsAlignedAndItsPiecesDoNotOverlap) {
  ReplyArena arena;
  std::vector<std::pair<unsigned char*, std::size_t>> pieces;
  for (std::size_t size = 1; size < 60'000; size = size * 5 / 4 + 1) {
    for (int round = 0; round < 4; ++round) {
      auto* memory = static_cast<unsigned char*>(arena.Allocate(size));
      ASSERT_NE(memory, nullptr);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % alignof(std::max_align_t), 0U);
      std::memset(memory, static_cast<int>(pieces.size() % 251), size);
      pieces.emplace_back(memory, size);
    }
  }
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    const auto& [memory, size] = pieces[index];
    EXPECT_EQ(memory[0], index % 251);
    EXPECT_EQ(memory[size - 1], index % 251);
  }
}

TEST(ReplyArena, ThereIsNoMemoryForTheImpossible) {
  ReplyArena arena;
  EXPECT_EQ(arena.Allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(arena.Allocate(SIZE_MAX - 14), nullptr);
  EXPECT_NE(arena.Allocate(1), nullptr);
}

constexpr std::size_t kReplyArenaMiB = 1024UL * 1024;

TEST(ReplyArena, SmallArraysShareBlocks) {
  ReplyReader reader;
  constexpr std::size_t kArrays = 20'000;
  std::string arrays;
  for (std::size_t array = 0; array < kArrays; ++array) arrays += "*0\r\n";
  reader.Feed(arrays);
  for (std::size_t array = 0; array < kArrays; ++array) ASSERT_TRUE(reader.Next());
  EXPECT_LT(reader.arena.held(), 4 * kReplyArenaMiB);
}

TEST(ReplyArena, ADroppedReplyLeavesNothingBehind) {
  ReplyReader reader;
  const std::size_t empty = reader.arena.held();
  reader.Feed(kMixed);
  const auto kept = reader.Next();
  ASSERT_TRUE(kept);
  const std::string large = Array({Bulk(std::string(kReplyArenaMiB, 'x')), Bulk("y")});
  for (int round = 0; round < 20'000; ++round) {
    reader.Feed(round % 1000 == 0 ? large : std::string(kMixed));
    ASSERT_TRUE(reader.Next());
    reader.arena.DropReply();
  }
  EXPECT_EQ(reader.arena.held(), empty);
  EXPECT_EQ(Describe(*kept), kMixedText);
}

TEST(ReplyArena, AReplyThatFillsABlockIsDroppedToWhereItBegan) {
  ReplyReader reader;
  std::vector<Reply> kept;
  // At each place in a block, one is dropped.
  for (int round = 0; round < 3000; ++round) {
    reader.Feed(kMixed);
    kept.push_back(*reader.Next());
    reader.Feed(Array({Bulk(std::string(30'000, 'a')), Bulk(std::string(30'000, 'b'))}));
    ASSERT_TRUE(reader.Next());
    reader.arena.DropReply();
  }
  for (const Reply& reply : kept) ASSERT_EQ(Describe(reply), kMixedText);
  EXPECT_LT(reader.arena.held(), 8 * kReplyArenaMiB);
}

TEST(ReplyArena, WhatCameBeforeAMarkCanBeDroppedAlone) {
  ReplyReader reader;
  const std::string large = Array({Bulk(std::string(kReplyArenaMiB, 'x')), Bulk("y")});
  for (int round = 0; round < 50; ++round) {
    reader.Feed(large);
    ASSERT_TRUE(reader.Next());
  }
  EXPECT_GT(reader.arena.held(), 50 * kReplyArenaMiB);
  reader.Feed(kMixed.substr(0, kMixed.size() - 3));
  EXPECT_FALSE(reader.Next());
  reader.arena.DropBefore(reader.arena.reply());
  EXPECT_LT(reader.arena.held(), kReplyArenaMiB);
  reader.Feed(kMixed.substr(kMixed.size() - 3));
  const auto reply = reader.Next();
  ASSERT_TRUE(reply);
  const ReplyArena::Mark mark = reader.arena.reply();
  for (int round = 0; round < 5; ++round) {
    reader.Feed(large);
    ASSERT_TRUE(reader.Next());
  }
  reader.arena.DropBefore(mark);
  EXPECT_GT(reader.arena.held(), 5 * kReplyArenaMiB);
  EXPECT_EQ(Describe(*reply), kMixedText);
}

// The memory is not touched, and so is none.
TEST(ReplyArena, TheBoundIsOnAllThatIsHeldWhereverRepliesBegin) {
  ReplyArena arena;
  std::size_t taken = 0;
  while (taken < 1000 && arena.Allocate(16 * kReplyArenaMiB) != nullptr) {
    arena.BeginReply();
    ++taken;
  }
  EXPECT_EQ(taken, 33U);
  EXPECT_NE(arena.Allocate(100), nullptr);
  arena.DropReply();
  arena.DropBefore(arena.reply());
  EXPECT_NE(arena.Allocate(512 * kReplyArenaMiB), nullptr);
}

TEST(ReplyArena, StringsLargerThanABlockComeWhole) {
  ReplyReader reader;
  std::string text;
  for (int number = 0; text.size() < 5'000'000; ++number) text += std::to_string(number);
  reader.Feed(Array({Bulk(text), Bulk("after")}));
  const auto reply = reader.Next();
  ASSERT_TRUE(reply);
  EXPECT_EQ((*reply)[0].text(), text);
  EXPECT_EQ((*reply)[1].text(), "after");
}

TEST(ReplyArena, RepliesDeeperThanAnyShouldBeAreRefused) {
  ReplyReader reader;
  std::string deep;
  for (int level = 0; level < 8; ++level) deep += "*1\r\n";
  reader.Feed(deep + ":1\r\n");
  EXPECT_TRUE(reader.Next());

  ReplyReader other;
  for (int level = 0; level < 1000; ++level) other.Feed("*1\r\n");
  EXPECT_FALSE(other.Next());
  EXPECT_TRUE(other.failed());
}

TEST(ReplyArena, ArraysLongerThanAnyShouldBeAreRefused) {
  for (const std::string_view header : {"*1048577\r\n", "*4294967296\r\n",
                                        "*9223372036854775807\r\n", "%9223372036854775807\r\n"}) {
    ReplyReader reader;
    reader.Feed(header);
    EXPECT_FALSE(reader.Next());
    EXPECT_TRUE(reader.failed()) << header;
  }
}

TEST(ReplyArena, ALongArrayIsRead) {
  ReplyReader reader;
  constexpr std::size_t kLength = 200'000;
  std::string bytes = "*" + std::to_string(kLength) + "\r\n";
  for (std::size_t index = 0; index < kLength; ++index) {
    bytes += ":" + std::to_string(index) + "\r\n";
  }
  reader.Feed(bytes);
  const auto reply = reader.Next();
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->size(), kLength);
  for (std::size_t index = 0; index < kLength; ++index) {
    ASSERT_EQ((*reply)[index].integer(), static_cast<std::int64_t>(index));
  }
}

}  // namespace
}  // namespace connect_hiredis
