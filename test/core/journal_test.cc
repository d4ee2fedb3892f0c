// What a server has missed.
#include "topology/journal.h"

#include <gtest/gtest.h>

namespace connect_hiredis::test {
namespace {

using ChangeKind = Change::Kind;

Change ChangeOf(ChangeKind kind, std::uint64_t sequence, const std::string& value = "") {
  Change change;
  change.kind = kind;
  change.sequence = sequence;
  if (kind == ChangeKind::kSet) change.value = std::make_shared<const std::string>(value);
  return change;
}

TEST(JournalTest, KeepsTheLastChangeOfEachSession) {
  Journal journal;
  journal.Add("a", ChangeOf(ChangeKind::kSet, 1, "one"));
  journal.Add("b", ChangeOf(ChangeKind::kDestroy, 2));
  journal.Add("a", ChangeOf(ChangeKind::kSet, 3, "two"));
  EXPECT_EQ(journal.size(), 2U);
  const auto entries = journal.Take(10);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].first, "a");
  EXPECT_EQ(*entries[0].second.value, "two");
  EXPECT_EQ(entries[1].second.kind, ChangeKind::kDestroy);
  EXPECT_TRUE(journal.empty());
}

TEST(JournalTest, AnEarlierChangeThatIsToldLaterIsNotNoted) {
  Journal journal;
  journal.Add("a", ChangeOf(ChangeKind::kDestroy, 7));
  journal.Add("a", ChangeOf(ChangeKind::kSet, 6, "old"));
  const auto entries = journal.Take(10);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].second.kind, ChangeKind::kDestroy);
}

TEST(JournalTest, ATouchOfWhatIsToBeSetRenewsThat) {
  Journal journal;
  journal.Add("a", ChangeOf(ChangeKind::kSet, 1, "value"));
  Change touch = ChangeOf(ChangeKind::kTouch, 2);
  touch.expiry = Nanoseconds(42);
  journal.Add("a", touch);
  const auto entries = journal.Take(10);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].second.kind, ChangeKind::kSet);
  EXPECT_EQ(*entries[0].second.value, "value");
  EXPECT_EQ(entries[0].second.expiry, Nanoseconds(42));
}

TEST(JournalTest, ATouchDoesNotBringBackWhatIsToBeDestroyed) {
  Journal journal;
  journal.Add("a", ChangeOf(ChangeKind::kDestroy, 1));
  journal.Add("a", ChangeOf(ChangeKind::kTouch, 2));
  EXPECT_EQ(journal.Take(1)[0].second.kind, ChangeKind::kDestroy);
}

TEST(JournalTest, ForgetsWhatTheServerHasTakenSince) {
  Journal journal;
  journal.Add("a", ChangeOf(ChangeKind::kSet, 5, "value"));
  journal.Forget("a", 4);
  EXPECT_EQ(journal.size(), 1U);
  journal.Forget("a", 6);
  EXPECT_TRUE(journal.empty());
  journal.Forget("b", 7);
}

TEST(JournalTest, TakesNoMoreThanIsAskedFor) {
  Journal journal;
  for (std::uint64_t n = 0; n < 5; ++n) {
    journal.Add(std::to_string(n), ChangeOf(ChangeKind::kDestroy, n));
  }
  EXPECT_EQ(journal.Take(3).size(), 3U);
  EXPECT_EQ(journal.Take(3).size(), 2U);
  EXPECT_TRUE(journal.Take(3).empty());
}

TEST(JournalTest, WhatIsPutBackWaitsUntilAllOthersWereTaken) {
  Journal journal;
  for (const char* id : {"a", "b", "c"}) journal.Add(id, ChangeOf(ChangeKind::kDestroy, 1));
  auto entries = journal.Take(2);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].first, "a");
  journal.Add("a", entries[0].second);
  entries = journal.Take(2);
  ASSERT_EQ(entries.size(), 1U) << "nothing is taken twice in one round";
  EXPECT_EQ(entries[0].first, "c");
  entries = journal.Take(2);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].first, "a");
}

TEST(JournalTest, HasWhatWasNotTakenYet) {
  Journal journal;
  EXPECT_FALSE(journal.Has("a"));
  journal.Add("a", ChangeOf(ChangeKind::kDestroy, 1));
  EXPECT_TRUE(journal.Has("a"));
  EXPECT_FALSE(journal.Has("b"));
  journal.Take(1);
  EXPECT_FALSE(journal.Has("a"));
}

TEST(JournalTest, PastItsBoundOfSessionsItSaysSoAndHasNothing) {
  Journal journal;
  for (std::uint64_t n = 0; n < Journal::kMaxEntries; ++n) {
    journal.Add(std::to_string(n), ChangeOf(ChangeKind::kDestroy, n));
  }
  EXPECT_FALSE(journal.overflowed());
  journal.Add("0", ChangeOf(ChangeKind::kDestroy, Journal::kMaxEntries));
  EXPECT_FALSE(journal.overflowed());
  journal.Add("one more", ChangeOf(ChangeKind::kDestroy, Journal::kMaxEntries + 1));
  EXPECT_TRUE(journal.overflowed());
  EXPECT_TRUE(journal.empty());
  // Part of the truth would be taken for all of it.
  journal.Add("later", ChangeOf(ChangeKind::kDestroy, Journal::kMaxEntries + 2));
  EXPECT_TRUE(journal.empty());
  journal.Reset();
  EXPECT_FALSE(journal.overflowed());
}

TEST(JournalTest, PastItsBoundOfBytesLikewise) {
  Journal journal;
  const std::string large(Journal::kMaxBytes / 4, 'x');
  for (std::uint64_t n = 0; n < 100; ++n) {
    // The same session again and again takes the room of one.
    journal.Add("same", ChangeOf(ChangeKind::kSet, n, large));
  }
  EXPECT_FALSE(journal.overflowed());
  for (std::uint64_t n = 100; n < 103; ++n) {
    journal.Add(std::to_string(n), ChangeOf(ChangeKind::kSet, n, large));
  }
  EXPECT_TRUE(journal.overflowed());
}

}  // namespace
}  // namespace connect_hiredis::test
