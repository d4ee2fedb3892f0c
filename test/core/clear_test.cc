// Clear against a scripted server that scans as Redis does.
#include "session/clear.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "support/connection_test.h"
#include "support/fake_keyspace.h"

namespace connect_hiredis::test {
namespace {

class ClearTest : public ConnectionTest {
 protected:
  ClearTest() {
    keyspace.pages = {{"s:1", "s:2", "t:1"}, {}, {"s:2", "s:3", "s:"}, {"s:hash", "s:1", "s:4"}};
    keyspace.others = {"s:hash"};
    keyspace.Serve(server);
  }

  void Begin(std::size_t batch_size = 10, Slot slot = 1) {
    EXPECT_EQ(Clear::Run(connection.get(), &sink, slot, "s:", batch_size), Admission::kAccepted);
  }

  std::string Outcome(Slot slot = 1) {
    EXPECT_TRUE(RunUntil([&] { return !sink.Told(slot).empty(); }));
    return sink.Told(slot);
  }

  std::string RunOnce(std::size_t batch_size = 10) {
    EXPECT_TRUE(OpenUntilReady());
    Begin(batch_size);
    return Outcome();
  }

  // From the next command of this name on the server carries out and does not answer.
  void Hold(const std::string& name) {
    server.on_command = [this, name](Peer& peer, const Words& words) {
      if (words[0] == name) held = &peer;
      if (held == nullptr) peer.Send(keyspace.Answer(words));
      if (held != nullptr) held_answers += keyspace.Answer(words);
    };
  }

  void Release() {
    keyspace.Serve(server);
    held->Send(held_answers);
  }

  FakeKeyspace keyspace;
  RecordingSink sink;
  Peer* held = nullptr;
  std::string held_answers;
};

// The sum of such answers would be none.
TEST_F(ClearTest, CountsThatCannotBeReplaceTheConnection) {
  ASSERT_TRUE(OpenUntilReady());
  Slot slot = 0;
  for (const std::int64_t count :
       {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(),
        std::int64_t{-1}, std::int64_t{3}}) {
    server.on_command = [&](Peer& peer, const Words& words) {
      peer.Send(words[0] == "UNLINK" ? Integer(count) : keyspace.Answer(words));
    };
    Begin(2, ++slot);
    EXPECT_EQ(Outcome(slot), "protocol") << count;
    ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == slot + 1; }));
  }
}

TEST_F(ClearTest, RemovesThePrefixsStringsAndNothingElse) {
  EXPECT_EQ(RunOnce(), "count 4");
  EXPECT_EQ(keyspace.removed, (std::set<std::string>{"s:1", "s:2", "s:3", "s:4"}));
  EXPECT_EQ(server.Count("DEL"), 0U);
}

TEST_F(ClearTest, OfAnEmptyKeyspaceNothingIsRemoved) {
  keyspace.pages = {};
  EXPECT_EQ(RunOnce(), "count 0");
}

TEST_F(ClearTest, WithoutScanTypeOtherTypesAreLeftAlone) {
  keyspace.knows_type_option = false;
  EXPECT_EQ(RunOnce(), "count 4");
  EXPECT_FALSE(keyspace.removed.contains("s:hash"));
}

TEST_F(ClearTest, AServerWithoutUnlinkIsAskedToDelete) {
  keyspace.knows_unlink = false;
  EXPECT_EQ(RunOnce(1), "count 4");
  EXPECT_EQ(keyspace.removed.size(), 4U);
  EXPECT_EQ(server.Count("UNLINK"), 1U);
}

TEST_F(ClearTest, OneLargePageIsRemovedInBoundedSteps) {
  keyspace.pages = {{}};
  for (int number = 0; number < 1000; ++number) {
    keyspace.pages[0].push_back("s:" + std::to_string(number));
  }
  EXPECT_EQ(RunOnce(64), "count 1000");
  for (const auto& command : server.received()) EXPECT_LE(command.words.size(), 65U);
  EXPECT_EQ(server.Count("UNLINK"), 16U);
}

TEST_F(ClearTest, WhatAPageHasTooMuchWaitsForTheNextPage) {
  keyspace.pages = {{"s:1", "s:2", "s:3"}, {"s:4", "s:5", "s:6"}, {"s:7", "s:8", "s:9"}};
  EXPECT_EQ(RunOnce(2), "count 9");
  EXPECT_EQ(server.Count("UNLINK"), 5U);
}

TEST_F(ClearTest, TheNextKeysAreLookedForWhileThoseFoundAreRemoved) {
  keyspace.pages = {{"s:1", "s:2"}, {"s:3", "s:4"}, {"s:5", "s:6"}, {"s:7", "s:8"}, {"s:9"}};
  Hold("UNLINK");
  ASSERT_TRUE(OpenUntilReady());
  Begin(2);
  ASSERT_TRUE(RunUntil([&] {
    return held != nullptr && server.Count("SCAN") == 3 && connection->statistics().in_flight == 2;
  }));
  Release();
  EXPECT_EQ(Outcome(), "count 9");
  EXPECT_EQ(server.Count("SCAN"), 5U);
}

TEST_F(ClearTest, TheNextKeysAreNotWaitedForToRemoveThoseFound) {
  keyspace.pages = {{"s:1", "s:2"}, {"s:3", "s:4"}};
  ASSERT_TRUE(OpenUntilReady());
  Begin(2);
  ASSERT_TRUE(RunUntil([&] { return server.Count("SCAN") == 1; }));
  Hold("SCAN");
  ASSERT_TRUE(RunUntil([&] { return keyspace.removed.size() == 2 && held != nullptr; }));
  EXPECT_TRUE(sink.Told(1).empty());
  Release();
  EXPECT_EQ(Outcome(), "count 4");
}

TEST_F(ClearTest, ARefusalEndsItOnceThoughTheOtherLaneIsStillAsked) {
  keyspace.pages = {{"s:1", "s:2"}, {"s:3", "s:4"}, {"s:5"}};
  server.on_command = [this](Peer& peer, const Words& words) {
    const bool refused = words[0] == "UNLINK" || (words[0] == "SCAN" && words[1] != "0");
    peer.Send(refused ? Refusal("NOPERM no " + words[0]) : keyspace.Answer(words));
  };
  EXPECT_EQ(RunOnce(2), "reply NOPERM");
  ASSERT_TRUE(RunUntil([&] { return connection->statistics().in_flight == 0; }));
  EXPECT_EQ(sink.count(), 1U);
  EXPECT_EQ(server.Count("UNLINK"), 1U);
  EXPECT_EQ(server.Count("SCAN"), 2U);
}

TEST_F(ClearTest, RepliesThatCannotBelongToItReplaceTheConnection) {
  ASSERT_TRUE(OpenUntilReady());
  Slot slot = 0;
  for (const std::string name : {"SCAN", "UNLINK"}) {
    server.on_command = [&](Peer& peer, const Words& words) {
      peer.Send(words[0] == name ? Simple("what?") : keyspace.Answer(words));
    };
    Begin(1, ++slot);
    EXPECT_EQ(Outcome(slot), "protocol");
    ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == slot + 1; }));
  }
  keyspace.Serve(server);
}

TEST_F(ClearTest, ABreakInTheMiddleRemovesAllTheSame) {
  server.on_command = [this](Peer& peer, const Words& words) {
    const bool breaks = peer.number() == 0 && words[0] == "UNLINK";
    if (breaks) keyspace.Answer(words);
    if (breaks) peer.Close();
    if (!breaks) peer.Send(keyspace.Answer(words));
  };
  RunOnce(1);
  EXPECT_EQ(keyspace.removed.size(), 4U);
  EXPECT_EQ(observer.Count("ready"), 2U);
}

TEST_F(ClearTest, AnAbortEndsItOnceWhateverIsUnderWay) {
  keyspace.pages = {{"s:1", "s:2"}, {"s:3", "s:4"}, {"s:5", "s:6"}};
  Hold("UNLINK");
  ASSERT_TRUE(OpenUntilReady());
  Begin(2);
  ASSERT_TRUE(RunUntil([&] { return held != nullptr && server.Count("SCAN") == 2; }));
  connection->Abort();
  EXPECT_EQ(sink.Told(1), "closed");
  EXPECT_EQ(sink.count(), 1U);
}

TEST_F(ClearTest, ACloseEndsItAtTheNextStep) {
  ASSERT_TRUE(OpenUntilReady());
  Begin();
  connection->Close();
  EXPECT_EQ(Outcome(), "closed");
  ASSERT_TRUE(RunUntilClosed());
}

TEST_F(ClearTest, WhatIsNotTakenIsToldByTheReturnValueAlone) {
  ASSERT_TRUE(OpenUntilReady());
  connection->Close();
  EXPECT_EQ(Clear::Run(connection.get(), &sink, 1, "s:", 10), Admission::kClosed);
  EXPECT_EQ(sink.count(), 0U);
}

}  // namespace
}  // namespace connect_hiredis::test
