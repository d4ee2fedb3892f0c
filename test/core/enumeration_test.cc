// Enumerations against a scripted server that scans as Redis does.
#include "session/enumeration.h"

#include <gtest/gtest.h>

#include "support/connection_test.h"
#include "support/fake_keyspace.h"

namespace connect_hiredis::test {
namespace {

using Kind = Enumeration::Kind;
using Ids = std::vector<std::string>;

class EnumerationTest : public ConnectionTest {
 protected:
  EnumerationTest() {
    keyspace.pages = {{"s:1", "s:2", "t:1"}, {}, {"s:2", "s:3", "s:"}, {"s:hash", "s:1", "s:4"}};
    keyspace.others = {"s:hash"};
  }

  std::shared_ptr<Enumeration> Begin(Kind kind, std::size_t batch_size = 10) {
    keyspace.Serve(server);
    EXPECT_TRUE(OpenUntilReady());
    return Enumeration::Create(connection.get(), &sink, kind, "s:", batch_size);
  }

  // Ready, with the server's answers from the keyspace.
  Connection& Connect() {
    if (connection == nullptr) Begin(Kind::kIds);
    return *connection;
  }

  std::string Outcome(Slot slot) {
    EXPECT_TRUE(RunUntil([&] { return !sink.Told(slot).empty(); }));
    return sink.Told(slot);
  }

  std::string RunOnce(Kind kind, std::size_t batch_size = 10) {
    EXPECT_EQ(Begin(kind, batch_size)->Next(1), Admission::kAccepted);
    return Outcome(1);
  }

  // The ids of all batches in order; of sessions also their values, in `values`.
  Ids RunBatches(Kind kind, std::size_t batch_size = 10) {
    const auto enumeration = Begin(kind, batch_size);
    Ids ids;
    for (Slot slot = 1;; ++slot) {
      EXPECT_EQ(enumeration->Next(slot), Admission::kAccepted);
      EXPECT_EQ(Outcome(slot), "batch");
      const auto& batch = sink.batches[slot];
      ids.insert(ids.end(), batch.ids.begin(), batch.ids.end());
      for (const auto& [id, value] : batch.values) {
        ids.push_back(id);
        values[id] = value;
      }
      if (batch.last || sink.Told(slot) != "batch") break;
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  // The longest command of this name, in words.
  std::size_t Longest(std::string_view name) {
    std::size_t longest = 0;
    for (const auto& command : server.received()) {
      if (command.words[0] == name) longest = std::max(longest, command.words.size());
    }
    return longest;
  }

  FakeKeyspace keyspace;
  RecordingSink sink;
  std::map<std::string, std::string> values;
  Slot next = 100;
};

TEST_F(EnumerationTest, CountsTheStringsOfThePrefixOnceEach) {
  EXPECT_EQ(RunOnce(Kind::kCount), "count 4");
}

TEST_F(EnumerationTest, TheScanIsBoundedAndAsksForThePrefixAndForStrings) {
  RunOnce(Kind::kCount, 77);
  EXPECT_EQ(server.received()[3].words,
            (Words{"SCAN", "0", "MATCH", "s:*", "COUNT", "77", "TYPE", "string"}));
  EXPECT_EQ(server.received()[4].words[1], "1");
  EXPECT_EQ(server.Count("SCAN"), 4U);
}

TEST_F(EnumerationTest, TheNextKeysAreAskedForWithTheLastCommandsOfABatch) {
  RunBatches(Kind::kSessions, 100);
  std::size_t alone = 0;
  const auto& received = server.received();
  for (std::size_t index = 2; index < received.size(); ++index) {
    const bool first = received[index].read != received[index - 1].read;
    if (first && received[index].words[0] == "SCAN") ++alone;
  }
  // The first, and those that follow a SCAN which found nothing.
  EXPECT_GT(server.Count("MGET"), 1U);
  EXPECT_LT(alone, server.Count("SCAN"));
}

TEST_F(EnumerationTest, IdsComeOnceEachWithoutThePrefix) {
  EXPECT_EQ(RunBatches(Kind::kIds), (Ids{"1", "2", "3", "4"}));
}

TEST_F(EnumerationTest, SessionsComeOnceEachWithValueAndTime) {
  EXPECT_EQ(RunBatches(Kind::kSessions), (Ids{"1", "2", "3", "4"}));
  EXPECT_EQ(values["3"], "'value of s:3' 1000");
}

TEST_F(EnumerationTest, SessionsThatLapseMeanwhileAreLeftOut) {
  keyspace.lapsed = {"s:1", "s:4"};
  EXPECT_EQ(RunBatches(Kind::kSessions), (Ids{"2", "3"}));
}

TEST_F(EnumerationTest, OfAnEmptyKeyspaceThereIsNothing) {
  keyspace.pages = {};
  EXPECT_EQ(RunBatches(Kind::kIds), Ids{});
  EXPECT_TRUE(sink.batches[1].last);
  const auto count = Enumeration::Create(connection.get(), &sink, Kind::kCount, "s:", 10);
  EXPECT_EQ(count->Next(50), Admission::kAccepted);
  EXPECT_EQ(Outcome(50), "count 0");
}

TEST_F(EnumerationTest, AServerWithoutScanTypeIsAskedForEachType) {
  keyspace.knows_type_option = false;
  EXPECT_EQ(RunBatches(Kind::kIds), (Ids{"1", "2", "3", "4"}));
  EXPECT_GT(server.Count("TYPE"), 0U);
  EXPECT_EQ(server.Count("SCAN"), 5U) << "it is asked once whether it knows the option";
}

TEST_F(EnumerationTest, WithoutScanTypeSessionsLeaveOtherTypesAlone) {
  keyspace.knows_type_option = false;
  EXPECT_EQ(RunBatches(Kind::kSessions), (Ids{"1", "2", "3", "4"}));
}

TEST_F(EnumerationTest, OneLargePageIsDealtWithInBoundedSteps) {
  keyspace.pages = {{}};
  Ids expected;
  for (int number = 0; number < 1000; ++number) {
    expected.push_back(std::to_string(number));
    keyspace.pages[0].push_back("s:" + expected.back());
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(RunBatches(Kind::kSessions, 64), expected);
  EXPECT_EQ(Longest("MGET"), 65U);
}

TEST_F(EnumerationTest, WhatAPageHasTooMuchWaitsForTheNextPage) {
  keyspace.pages = {{"s:1", "s:2", "s:3"}, {"s:4", "s:5", "s:6"}, {"s:7", "s:8", "s:9"}};
  EXPECT_EQ(RunBatches(Kind::kSessions, 2).size(), 9U);
  EXPECT_EQ(server.Count("MGET"), 5U);
}

TEST_F(EnumerationTest, EachRequestAsksForTheLengthsOfTheNext) {
  keyspace.pages = {{"s:1", "s:2"}, {"s:3", "s:4"}, {"s:5", "s:6"}};
  EXPECT_EQ(RunBatches(Kind::kSessions, 2).size(), 6U);
  std::vector<std::string> flights;
  std::size_t read = 0;
  for (const auto& command : server.received()) {
    if (IsHandshake(command.words) || command.words[0] == "PTTL") continue;
    if (std::exchange(read, command.read) != command.read) flights.emplace_back();
    flights.back() += command.words[0][0] + command.words.back() + " ";
  }
  EXPECT_EQ(flights,
            (Ids{"S2 ", "Ss:1 Ss:2 S2 ", "Ms:2 Ss:3 Ss:4 S2 ", "Ms:4 Ss:5 Ss:6 ", "Ms:6 "}));
}

TEST_F(EnumerationTest, NoRequestIsForMoreBytesThanTheBound) {
  constexpr std::size_t kEnumerationMiB = 1024UL * 1024;
  keyspace.pages = {{"s:1", "s:2", "s:3"}, {"s:4", "s:5", "s:6", "s:hash"}, {"s:7"}};
  keyspace.sizes = {
      {"s:1", 10 * kEnumerationMiB}, {"s:2", 6 * kEnumerationMiB}, {"s:3", 1},
      {"s:4", 17 * kEnumerationMiB}, {"s:5", 8 * kEnumerationMiB}, {"s:6", 9 * kEnumerationMiB}};
  for (const Kind kind : {Kind::kSessions, Kind::kSessionsAhead}) {
    const auto enumeration = Enumeration::Create(&Connect(), &sink, kind, "s:", 100);
    std::vector<Ids> batches;
    const Slot begin = next;
    do {
      ASSERT_EQ(enumeration->Next(++next), Admission::kAccepted);
      ASSERT_EQ(Outcome(next), "batch");
      auto& batch = batches.emplace_back();
      for (const auto& [id, value] : sink.batches[next].values) batch.push_back(id);
    } while (!sink.batches[next].last);
    EXPECT_EQ(batches, (std::vector<Ids>{{"1", "2"}, {"3"}, {"4"}, {"5"}, {"6", "7"}})) << begin;
  }
}

TEST_F(EnumerationTest, WhereLengthsAreRefusedTheyAreAskedForOnce) {
  keyspace.pages = {{"s:1", "s:2"}, {"s:3", "s:4"}, {"s:5", "s:6"}};
  Begin(Kind::kSessions);
  server.on_command = [this](Peer& peer, const Words& words) {
    peer.Send(words[0] == "STRLEN" ? Refusal("NOPERM no STRLEN") : keyspace.Answer(words));
  };
  const auto enumeration = Enumeration::Create(connection.get(), &sink, Kind::kSessions, "s:", 2);
  std::size_t found = 0;
  do {
    ASSERT_EQ(enumeration->Next(++next), Admission::kAccepted);
    ASSERT_EQ(Outcome(next), "batch");
    found += sink.batches[next].values.size();
  } while (!sink.batches[next].last);
  EXPECT_EQ(found, 6U);
  EXPECT_EQ(server.Count("STRLEN"), 2U);
}

// The last one told lets go of what tells it.
TEST_F(EnumerationTest, ItMayBeLetGoOfWhileItTells) {
  struct LettingGo final : ResultSink {
    void OnValue(Slot, std::optional<std::string_view>, TimeToLive) override {}
    void OnCount(Slot, std::int64_t) override {}
    void OnFailure(Slot, const Error&) override {}
    void OnBatch(Slot, Batch batch) override {
      ++told;
      if (!batch.last || told < until) return;
      const std::weak_ptr<Enumeration> watched = std::exchange(held, nullptr);
      EXPECT_FALSE(watched.expired());
    }
    std::shared_ptr<Enumeration> held;
    std::size_t told = 0;
    std::size_t until = 0;
  };
  // From a reply, and from Next, which has the end at hand.
  for (const std::size_t until : {1U, 2U}) {
    LettingGo one;
    one.until = until;
    keyspace.pages = {};
    one.held = Enumeration::Create(&Connect(), &one, Kind::kSessions, "s:", 10);
    one.held->Next(1);
    ASSERT_TRUE(RunUntil([&] { return one.told == 1; }));
    if (one.held != nullptr) one.held->Next(1);
    EXPECT_EQ(one.told, until);
    EXPECT_EQ(one.held, nullptr);
  }
}

class EnumerationAheadTest : public EnumerationTest {
 protected:
  EnumerationAheadTest() { keyspace.pages = {{"s:1"}, {"s:2"}, {"s:3"}, {"s:4"}}; }

  // The first batch has come, nobody has asked for the second, and the server has been.
  std::shared_ptr<Enumeration> BeginAndWaitForSecond() {
    auto enumeration = Begin(Kind::kSessionsAhead, 1);
    EXPECT_EQ(enumeration->Next(1), Admission::kAccepted);
    EXPECT_EQ(Outcome(1), "batch");
    EXPECT_TRUE(RunUntil([&] { return server.Count("MGET") == 2; }));
    return enumeration;
  }

  bool refused = false;
};

TEST_F(EnumerationAheadTest, SessionsComeOnceEach) {
  EXPECT_EQ(RunBatches(Kind::kSessionsAhead, 1), (Ids{"1", "2", "3", "4"}));
  EXPECT_EQ(server.Count("MGET"), 4U);
  EXPECT_EQ(server.Count("SCAN"), 4U);
}

TEST_F(EnumerationAheadTest, WhatCameBeforeItWasWantedIsAskedForAgain) {
  const auto enumeration = BeginAndWaitForSecond();
  EXPECT_TRUE(RunUntil([&] { return connection->statistics().in_flight == 0; }));
  std::set<std::string> ids = {sink.batches[1].values.begin()->first};
  for (Slot slot = 2; slot <= 4; ++slot) {
    EXPECT_EQ(enumeration->Next(slot), Admission::kAccepted);
    EXPECT_TRUE(sink.Told(slot).empty());
    EXPECT_EQ(Outcome(slot), "batch");
    ids.insert(sink.batches[slot].values.begin()->first);
    EXPECT_TRUE(RunUntil([&] { return connection->statistics().in_flight == 0; }));
  }
  EXPECT_TRUE(sink.batches[4].last);
  EXPECT_EQ(ids, (std::set<std::string>{"1", "2", "3", "4"}));
}

TEST_F(EnumerationAheadTest, WhatFailedBeforeItWasWantedIsAskedForAgain) {
  const auto enumeration = Begin(Kind::kSessionsAhead, 1);
  server.on_command = [this](Peer& peer, const Words& words) {
    const bool refuses = words[0] == "MGET" && server.Count("MGET") == 2;
    refused = refused || refuses;
    peer.Send(refuses ? Refusal("NOPERM no MGET") : keyspace.Answer(words));
  };
  EXPECT_EQ(enumeration->Next(1), Admission::kAccepted);
  EXPECT_EQ(Outcome(1), "batch");
  ASSERT_TRUE(RunUntil([&] { return refused && connection->statistics().in_flight == 0; }));
  EXPECT_EQ(sink.count(), 1U);
  std::set<std::string> ids = {sink.batches[1].values.begin()->first};
  for (Slot slot = 2; !sink.batches[slot - 1].last; ++slot) {
    ASSERT_EQ(enumeration->Next(slot), Admission::kAccepted);
    ASSERT_EQ(Outcome(slot), "batch");
    for (const auto& [id, value] : sink.batches[slot].values) ids.insert(id);
  }
  EXPECT_EQ(ids, (std::set<std::string>{"1", "2", "3", "4"}));
}

TEST_F(EnumerationAheadTest, ItLivesUntilWhatNobodyWantsHasCome) {
  std::weak_ptr<Enumeration> watched = BeginAndWaitForSecond();
  EXPECT_EQ(watched.expired(), connection->statistics().in_flight == 0);
  EXPECT_TRUE(RunUntil([&] { return connection->statistics().in_flight == 0; }));
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(sink.count(), 1U);
}

TEST_F(EnumerationTest, AHundredThousandKeysComeOnceEach) {
  keyspace.pages.clear();
  std::size_t number = 0;
  for (int page = 0; page < 100; ++page) {
    auto& keys = keyspace.pages.emplace_back();
    for (int key = 0; key < 1000; ++key) keys.push_back("s:" + std::to_string(number++));
    // And some that came before.
    for (std::size_t key = 0; key < 50; ++key) {
      keys.push_back("s:" + std::to_string(key * 1009 % number));
    }
  }
  const Ids ids = RunBatches(Kind::kIds, 1000);
  EXPECT_EQ(ids.size(), 100'000U);
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

TEST_F(EnumerationTest, ARefusalEndsItOnce) {
  Begin(Kind::kCount);
  server.on_command = [](Peer& peer, const Words&) { peer.Send(Refusal("NOPERM no SCAN")); };
  const auto enumeration = Enumeration::Create(connection.get(), &sink, Kind::kIds, "s:", 10);
  EXPECT_EQ(enumeration->Next(1), Admission::kAccepted);
  EXPECT_EQ(Outcome(1), "reply NOPERM");
}

TEST_F(EnumerationTest, RepliesThatCannotBelongToItReplaceTheConnection) {
  const std::vector<std::string> nonsense = {
      Integer(1), Array({Bulk("0")}), Array({Bulk("0"), Bulk("a")}), Array({Integer(0), Array({})}),
      Array({Bulk("0"), Array({Integer(1)})})};
  Begin(Kind::kIds);
  Slot slot = 0;
  for (const std::string& reply : nonsense) {
    server.on_command = [&](Peer& peer, const Words& words) {
      peer.Send(words[0] == "SCAN" ? reply : HarmlessAnswer(words));
    };
    const auto enumeration = Enumeration::Create(connection.get(), &sink, Kind::kIds, "s:", 10);
    EXPECT_EQ(enumeration->Next(++slot), Admission::kAccepted);
    EXPECT_EQ(Outcome(slot), "protocol");
    ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == slot + 1; }));
  }
  EXPECT_EQ(observer.Count("protocol"), nonsense.size());
}

TEST_F(EnumerationTest, KeysOfOtherPrefixesAreLeftOutWhateverTheServerTells) {
  Begin(Kind::kIds);
  server.on_command = [](Peer& peer, const Words&) {
    peer.Send(Array({Bulk("0"), Array({Bulk("t:1"), Bulk("s:1"), Bulk("s"), Bulk("xs:2")})}));
  };
  const auto enumeration = Enumeration::Create(connection.get(), &sink, Kind::kIds, "s:", 10);
  EXPECT_EQ(enumeration->Next(1), Admission::kAccepted);
  EXPECT_EQ(Outcome(1), "batch");
  EXPECT_EQ(sink.batches[1].ids, (Ids{"1"}));
}

TEST_F(EnumerationTest, TheCursorOfAServerThatWasReplacedIsWorthNothing) {
  const auto enumeration = Begin(Kind::kCount);
  server.on_command = [&](Peer& peer, const Words& words) {
    if (peer.number() == 0 && words[0] == "SCAN" && words[1] == "2") {
      // The next server has the same keys, in another order.
      std::reverse(keyspace.pages.begin(), keyspace.pages.end());
      peer.Close();
    } else {
      peer.Send(keyspace.Answer(words));
    }
  };
  EXPECT_EQ(enumeration->Next(1), Admission::kAccepted);
  EXPECT_EQ(Outcome(1), "count 4");
  EXPECT_EQ(observer.Count("ready"), 2U);
}

TEST_F(EnumerationTest, ItLivesUntilTheSinkIsToldThoughNobodyHoldsIt) {
  Begin(Kind::kCount)->Next(1);
  std::weak_ptr<Enumeration> watched;
  {
    const auto second = Enumeration::Create(connection.get(), &sink, Kind::kIds, "s:", 10);
    watched = second;
    second->Next(2);
  }
  EXPECT_FALSE(watched.expired());
  EXPECT_EQ(Outcome(1), "count 4");
  EXPECT_EQ(Outcome(2), "batch");
  EXPECT_TRUE(watched.expired());
}

TEST_F(EnumerationTest, AnAbortEndsItOnce) {
  Begin(Kind::kCount)->Next(1);
  connection->Abort();
  EXPECT_EQ(sink.Told(1), "closed");
}

TEST_F(EnumerationTest, ACloseEndsItAtTheNextStep) {
  Begin(Kind::kCount)->Next(1);
  connection->Close();
  EXPECT_EQ(Outcome(1), "closed");
  ASSERT_TRUE(RunUntilClosed());
}

TEST_F(EnumerationTest, WhatIsNotTakenIsToldByTheReturnValueAlone) {
  const auto enumeration = Begin(Kind::kIds);
  connection->Close();
  EXPECT_EQ(enumeration->Next(1), Admission::kClosed);
  EXPECT_EQ(sink.count(), 0U);
}

}  // namespace
}  // namespace connect_hiredis::test
