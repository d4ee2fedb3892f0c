#include "connection/pending_commands.h"

#include <set>

#include <gtest/gtest.h>

namespace connect_hiredis {
namespace {

class PendingCommandsTest : public ::testing::Test {
 protected:
  Command& Add(std::uint64_t tag) {
    Command& command = pending.Acquire();
    command.tag = tag;
    pending.Append(command);
    return command;
  }

  void Drop(Command& command) {
    pending.Remove(command);
    pending.Release(command);
  }

  // In order; those that wait negative. Walks the list in both directions.
  std::vector<int> List() {
    std::vector<int> tags;
    std::size_t waiting = 0;
    const Command* previous = nullptr;
    for (const Command* command = pending.first(); command != nullptr; command = command->next) {
      EXPECT_EQ(command->previous, previous);
      if (!command->sent && waiting++ == 0) {
        EXPECT_EQ(pending.first_waiting(), command);
      }
      EXPECT_TRUE(!command->sent || waiting == 0) << "a sent command behind one that waits";
      tags.push_back(static_cast<int>(command->tag) * (command->sent ? 1 : -1));
      previous = command;
    }
    EXPECT_EQ(pending.last(), previous);
    EXPECT_EQ(pending.size(), tags.size());
    EXPECT_EQ(pending.waiting(), waiting);
    EXPECT_EQ(pending.empty(), tags.empty());
    EXPECT_EQ(pending.first_waiting() == nullptr, waiting == 0);
    return tags;
  }

  using Tags = std::vector<int>;
  PendingCommands pending;
};

TEST_F(PendingCommandsTest, AnEmptyListHasNothing) { EXPECT_EQ(List(), Tags{}); }

TEST_F(PendingCommandsTest, KeepsTheOrderOfSubmission) {
  for (std::uint64_t tag = 1; tag <= 3; ++tag) Add(tag);
  EXPECT_EQ(List(), (Tags{-1, -2, -3}));
}

TEST_F(PendingCommandsTest, AnAcquiredCommandIsNotYetInTheList) {
  pending.Acquire();
  EXPECT_EQ(List(), Tags{});
}

TEST_F(PendingCommandsTest, SentCommandsStayBeforeThoseThatWait) {
  Command& first = Add(1);
  Command& second = Add(2);
  Add(3);
  pending.MarkSent(first);
  EXPECT_EQ(List(), (Tags{1, -2, -3}));
  pending.MarkSent(second);
  EXPECT_EQ(List(), (Tags{1, 2, -3}));
  Add(4);
  EXPECT_EQ(List(), (Tags{1, 2, -3, -4}));
}

TEST_F(PendingCommandsTest, ACommandMayLeaveFromEveryPlaceSentOrNot) {
  for (int sent = 0; sent <= 4; ++sent) {
    for (int leaving = 0; leaving < 4; ++leaving) {
      std::vector<Command*> commands;
      for (std::uint64_t tag = 1; tag <= 4; ++tag) commands.push_back(&Add(tag));
      for (int index = 0; index < sent; ++index) {
        pending.MarkSent(*commands[static_cast<std::size_t>(index)]);
      }
      Tags expected = List();
      expected.erase(expected.begin() + leaving);
      Drop(*commands[static_cast<std::size_t>(leaving)]);
      EXPECT_EQ(List(), expected) << sent << " sent, " << leaving << " leaves";
      // And one more behind all of them.
      Command& last = Add(9);
      expected.push_back(-9);
      EXPECT_EQ(List(), expected);
      Drop(last);
      while (Command* command = pending.first()) Drop(*command);
      EXPECT_EQ(List(), Tags{});
    }
  }
}

TEST_F(PendingCommandsTest, AfterABreakAllWaitAndTheirRepliesAreForgotten) {
  Command& first = Add(1);
  Command& second = Add(2);
  Add(3);
  pending.MarkSent(first);
  pending.MarkSent(second);
  first.replies.emplace_back(nullptr);
  pending.MarkAllWaiting(0);
  EXPECT_EQ(List(), (Tags{-1, -2, -3}));
  EXPECT_TRUE(first.replies.empty());
  pending.MarkSent(first);
  EXPECT_EQ(List(), (Tags{1, -2, -3}));
}

TEST_F(PendingCommandsTest, MarkAllWaitingOfNoneIsNothing) {
  pending.MarkAllWaiting(0);
  EXPECT_EQ(List(), Tags{});
}

TEST_F(PendingCommandsTest, AttemptedIsWhatTheKernelHasTakenBytesOf) {
  Command& begun = Add(1);
  Command& refused = Add(2);
  Command& kept = Add(3);
  Command& waiting = Add(4);
  begun.sent_at = 0;
  refused.sent_at = 4;
  kept.sent_at = 10;
  for (Command* command : {&begun, &refused, &kept}) pending.MarkSent(*command);
  refused.sent_away = true;
  pending.MarkAllWaiting(10);
  EXPECT_TRUE(begun.attempted);
  EXPECT_FALSE(refused.attempted) << "the server has said so";
  EXPECT_FALSE(kept.attempted) << "its first byte would have been the next";
  EXPECT_FALSE(waiting.attempted);
}

TEST_F(PendingCommandsTest, WhatWasAttemptedOnceStaysSoUntilItIsReleased) {
  Command& command = Add(1);
  pending.MarkSent(command);
  pending.MarkAllWaiting(1);
  pending.MarkSent(command);
  command.sent_at = 100;
  pending.MarkAllWaiting(100);
  EXPECT_TRUE(command.attempted);
  Drop(command);
  EXPECT_FALSE(Add(2).attempted);
}

TEST_F(PendingCommandsTest, ACommandIsFoundByItsIdUntilItIsReleased) {
  Command& command = Add(1);
  const CommandId id = command.id();
  EXPECT_EQ(pending.Find(id), &command);
  pending.Remove(command);
  EXPECT_EQ(pending.Find(id), &command);
  pending.Release(command);
  EXPECT_EQ(pending.Find(id), nullptr);
}

TEST_F(PendingCommandsTest, IdsAreNotUsedAgainThoughTheMemoryIs) {
  std::set<CommandId> ids;
  std::set<const Command*> places;
  for (int round = 0; round < 1000; ++round) {
    Command& first = Add(1);
    Command& second = Add(2);
    EXPECT_TRUE(ids.insert(first.id()).second);
    EXPECT_TRUE(ids.insert(second.id()).second);
    places.insert({&first, &second});
    Drop(first);
    Drop(second);
  }
  EXPECT_EQ(places.size(), 2U);
  for (const CommandId id : ids) EXPECT_EQ(pending.Find(id), nullptr);
}

TEST_F(PendingCommandsTest, UnknownIdsAreNotFound) {
  Add(1);
  EXPECT_EQ(pending.Find(7), nullptr);
  EXPECT_EQ(pending.Find(~CommandId{0}), nullptr);
}

TEST_F(PendingCommandsTest, ACommandThatIsUsedAgainIsEmpty) {
  Command& command = Add(1);
  command.wire = std::string(100'000, 'x');
  command.expected = 2;
  command.time_to_live_at = 5;
  command.replies.emplace_back(nullptr);
  Drop(command);
  Command& again = pending.Acquire();
  EXPECT_EQ(&again, &command);
  EXPECT_TRUE(again.wire.empty());
  EXPECT_LT(again.wire.capacity(), 100'000U) << "memory of one large session is kept";
  EXPECT_EQ(again.expected, 0U);
  EXPECT_TRUE(again.replies.empty());
  EXPECT_EQ(again.time_to_live_at, 0U);
  EXPECT_EQ(again.handler, nullptr);
}

TEST_F(PendingCommandsTest, AddressesStayWhileMoreAreAcquired) {
  Command& first = Add(1);
  const CommandId id = first.id();
  for (std::uint64_t tag = 2; tag < 10'000; ++tag) Add(tag);
  EXPECT_EQ(pending.Find(id), &first);
  EXPECT_EQ(pending.first(), &first);
  EXPECT_EQ(pending.size(), 9999U);
}

}  // namespace
}  // namespace connect_hiredis
