#include "connection/fence.h"

#include <gtest/gtest.h>

#include "support/resp.h"

namespace connect_hiredis {
namespace {

using test::CommandOf;

ClientIdentity Of(std::uint64_t id, const std::string& server = "server:6379") {
  return {id, "here:" + std::to_string(40'000 + id), server};
}

std::string Kill(std::uint64_t id) {
  return CommandOf(
      {"CLIENT", "KILL", "ID", std::to_string(id), "ADDR", "here:" + std::to_string(40'000 + id)});
}

class FenceTest : public ::testing::Test {
 protected:
  // The connection that is ready breaks, and the next one is this client.
  std::string Follow(std::optional<ClientIdentity> identity, bool owed = true) {
    fence.OnBroken(owed);
    const Fence::Commands commands = fence.OnReady(std::move(identity));
    count = commands.count;
    return commands.wire;
  }

  Fence fence;
  std::size_t count = 0;
};

TEST_F(FenceTest, TheFirstConnectionFollowsNone) { EXPECT_EQ(fence.OnReady(Of(5)).count, 0U); }

TEST_F(FenceTest, NamesIdAndAddressOfTheOneThatBroke) {
  fence.OnReady(Of(5));
  EXPECT_EQ(Follow(Of(6)), Kill(5));
  EXPECT_EQ(count, 1U);
}

TEST_F(FenceTest, WhatWasAnsweredNeedsNone) {
  fence.OnReady(Of(5));
  EXPECT_EQ(Follow(Of(6), false), "");
}

TEST_F(FenceTest, AnotherRunOfTheServerHasEndedIt) {
  fence.OnReady(Of(5));
  EXPECT_EQ(Follow(Of(5)), "");
  EXPECT_EQ(Follow(Of(9), false), "") << "nor is it asked for later";
}

TEST_F(FenceTest, AnotherServerIsNotAskedButTheOldOneIsWhenItIsBack) {
  fence.OnReady(Of(5));
  EXPECT_EQ(Follow(Of(100, "other:6379")), "");
  EXPECT_EQ(Follow(Of(7), false), Kill(5));
}

TEST_F(FenceTest, AServerThatDoesNotSayWhoThisIsIsNotAsked) {
  fence.OnReady(Of(5));
  EXPECT_EQ(Follow(std::nullopt), "");
  EXPECT_EQ(Follow(Of(7)), Kill(5));
}

TEST_F(FenceTest, AnAnsweredOneIsDone) {
  fence.OnReady(Of(5));
  Follow(Of(6));
  fence.OnAnswer();
  EXPECT_EQ(Follow(Of(7), false), "");
}

TEST_F(FenceTest, OneWithoutAnAnswerIsAskedForAgain) {
  fence.OnReady(Of(5));
  Follow(Of(6));
  EXPECT_EQ(Follow(Of(7)), Kill(5) + Kill(6));
  EXPECT_EQ(count, 2U);
  fence.OnAnswer();
  EXPECT_EQ(Follow(Of(8), false), Kill(6));
}

TEST_F(FenceTest, AnAnswerThatNobodyWaitsForIsNothing) {
  fence.OnReady(Of(5));
  fence.OnAnswer();
  EXPECT_EQ(Follow(Of(6)), Kill(5));
}

TEST_F(FenceTest, KeepsTheLatestOnly) {
  for (std::uint64_t id = 1; id <= 1000; ++id) Follow(Of(id));
  const std::string wire = Follow(Of(1001));
  EXPECT_EQ(count, 16U);
  EXPECT_TRUE(wire.ends_with(Kill(1000)));
}

}  // namespace
}  // namespace connect_hiredis
