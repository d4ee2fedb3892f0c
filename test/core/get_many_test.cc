// Reading many sessions in one request.
#include "session/get_many.h"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "session/fetch.h"
#include "support/connection_test.h"
#include "support/fake_keyspace.h"
#include "support/reply_reader.h"

namespace connect_hiredis::test {
namespace {

using Values = std::map<std::string, std::string>;

class GetManyTest : public ConnectionTest {
 protected:
  std::string Run(std::vector<std::string> keys, std::size_t most) {
    if (connection == nullptr) {
      EXPECT_TRUE(OpenUntilReady());
    }
    const auto operation = GetMany::Create(connection.get(), &sink, std::move(keys), 2, most);
    first = slot + 1;
    do {
      EXPECT_EQ(operation->Next(++slot), Admission::kAccepted);
      EXPECT_TRUE(RunUntil([&] { return !sink.Told(slot).empty(); }));
    } while (sink.Told(slot) == "batch" && !sink.batches[slot].last);
    return sink.Told(slot);
  }

  // The ids of each batch of the last operation.
  std::vector<std::vector<std::string>> Batches() {
    std::vector<std::vector<std::string>> ids;
    for (Slot each = first; each <= slot; ++each) {
      auto& batch = ids.emplace_back();
      for (const auto& [id, value] : sink.batches[each].values) batch.push_back(id);
    }
    return ids;
  }

  RecordingSink sink;
  FakeKeyspace keyspace;
  Slot slot = 0;
  Slot first = 1;  // of the last operation
};

TEST_F(GetManyTest, GivesThoseThatAreThereWithTheirTimes) {
  keyspace.lapsed = {"s:2"};
  keyspace.others = {"s:4"};
  keyspace.Serve(server);
  EXPECT_EQ(Run({"s:1", "s:2", "s:3", "s:4"}, 100), "batch");
  EXPECT_EQ(sink.batches[1].values,
            (Values{{"1", "'value of s:1' 1000"}, {"3", "'value of s:3' 1000"}}));
  EXPECT_TRUE(sink.batches[1].last);
}

TEST_F(GetManyTest, NoCommandHasMoreKeysThanTheBound) {
  keyspace.Serve(server);
  for (const std::size_t most : {1U, 2U, 3U, 7U, 100U}) {
    const std::size_t before = server.received().size();
    EXPECT_EQ(Run({"s:1", "s:2", "s:3", "s:4", "s:5", "s:6", "s:7"}, most), "batch");
    EXPECT_EQ(sink.batches[slot].values.size(), 7U);
    EXPECT_EQ(sink.batches[slot].values["6"], "'value of s:6' 1000");
    for (std::size_t index = before; index < server.received().size(); ++index) {
      const Words& words = server.received()[index].words;
      if (words[0] == "MGET") {
        EXPECT_LE(words.size(), most + 1);
      }
    }
  }
}

TEST_F(GetManyTest, ARefusalOfAnyCommandIsTold) {
  server.on_command = [](Peer& peer, const Words& words) {
    peer.Send(words.back() == "s:2" && words[0] == "PTTL" ? Refusal("NOPERM no")
                                                          : FakeKeyspace().Answer(words));
  };
  EXPECT_EQ(Run({"s:1", "s:2"}, 100), "reply NOPERM");
}

TEST_F(GetManyTest, RepliesThatCannotBelongToItReplaceTheConnection) {
  server.on_command = [](Peer& peer, const Words& words) {
    peer.Send(words[0] == "MGET" ? Array({Bulk("only one")}) : FakeKeyspace().Answer(words));
  };
  EXPECT_EQ(Run({"s:1", "s:2"}, 100), "protocol");
  EXPECT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
}

TEST_F(GetManyTest, AnAbortEndsItOnce) {
  keyspace.Serve(server);
  ASSERT_TRUE(OpenUntilReady());
  const auto operation = GetMany::Create(connection.get(), &sink, {"s:1"}, 2, 10);
  EXPECT_EQ(operation->Next(1), Admission::kAccepted);
  connection->Abort();
  EXPECT_EQ(sink.Told(1), "closed");
  EXPECT_EQ(operation->Next(2), Admission::kClosed);
  EXPECT_EQ(sink.Told(2), "");
}

TEST_F(GetManyTest, ItLivesUntilTheSinkIsToldThoughNobodyHoldsIt) {
  keyspace.Serve(server);
  ASSERT_TRUE(OpenUntilReady());
  GetMany::Create(connection.get(), &sink, {"s:1", "s:2"}, 2, 10)->Next(1);
  ASSERT_TRUE(RunUntil([&] { return !sink.Told(1).empty(); }));
  EXPECT_EQ(sink.Told(1), "batch");
}

// ---- Bounds in bytes ----

constexpr std::size_t kGetManyMiB = 1024UL * 1024;

TEST_F(GetManyTest, NoRequestIsForMoreBytesThanTheBound) {
  keyspace.sizes = {{"s:1", 10 * kGetManyMiB}, {"s:2", 6 * kGetManyMiB},  {"s:3", 1},
                    {"s:4", 16 * kGetManyMiB}, {"s:5", 17 * kGetManyMiB}, {"s:6", 2 * kGetManyMiB}};
  keyspace.Serve(server);
  EXPECT_EQ(Run({"s:1", "s:2", "s:3", "s:4", "s:5", "s:6", "s:7"}, 100), "batch");
  EXPECT_EQ(Batches(),
            (std::vector<std::vector<std::string>>{{"1", "2"}, {"3"}, {"4"}, {"5"}, {"6", "7"}}));
  EXPECT_EQ(server.Count("STRLEN"), 7U);
}

TEST_F(GetManyTest, BetweenTheLengthsAndTheValuesTheConnectionMayHaveTooMuchToDo) {
  options.queue_bytes = options.backlog_bytes = 10'000;
  keyspace.Serve(server);
  ASSERT_TRUE(OpenUntilReady());
  const auto operation = GetMany::Create(connection.get(), &sink, {"s:1", "s:2"}, 2, 10);
  EXPECT_EQ(operation->Next(1), Admission::kAccepted);
  const auto tag = Submit({"SET", "a", std::string(10'000, 'x')});
  ASSERT_TRUE(RunUntil([&] { return !sink.Told(1).empty(); }));
  EXPECT_EQ(sink.Told(1), "queue full");
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "+OK");
  EXPECT_EQ(operation->Next(2), Admission::kAccepted) << "it may be asked again";
  ASSERT_TRUE(RunUntil([&] { return !sink.Told(2).empty(); }));
  EXPECT_EQ(sink.batches[2].values.size(), 2U);
}

TEST_F(GetManyTest, OneSessionAloneNeedsNoLength) {
  keyspace.Serve(server);
  EXPECT_EQ(Run({"s:1"}, 100), "batch");
  EXPECT_EQ(server.Count("STRLEN"), 0U);
}

TEST_F(GetManyTest, WhereLengthsAreRefusedTheNumberOfKeysHasToDo) {
  for (const char* refusal : {"NOPERM no STRLEN", "ERR unknown command 'STRLEN'"}) {
    server.on_command = [&](Peer& peer, const Words& words) {
      peer.Send(words[0] == "STRLEN" ? Refusal(refusal) : FakeKeyspace().Answer(words));
    };
    EXPECT_EQ(Run({"s:1", "s:2", "s:3"}, 2), "batch");
    EXPECT_EQ(Batches(), (std::vector<std::vector<std::string>>{{"1", "2", "3"}}));
  }
}

TEST_F(GetManyTest, AnotherRefusalOfALengthIsTold) {
  server.on_command = [](Peer& peer, const Words& words) {
    peer.Send(words[0] == "STRLEN" ? Refusal("BUSY a script") : FakeKeyspace().Answer(words));
  };
  EXPECT_EQ(Run({"s:1", "s:2"}, 2), "reply BUSY");
}

TEST_F(GetManyTest, ALengthThatCannotBeOneReplacesTheConnection) {
  const std::vector<std::string> nonsense = {Integer(-1), Bulk("1"), Nil(), Array({})};
  for (const std::string& length : nonsense) {
    const std::size_t ready = observer.Count("ready");
    server.on_command = [&](Peer& peer, const Words& words) {
      peer.Send(words[0] == "STRLEN" ? length : FakeKeyspace().Answer(words));
    };
    EXPECT_EQ(Run({"s:1", "s:2"}, 2), "protocol") << length;
    ASSERT_TRUE(
        RunUntil([&] { return observer.Count("ready") > std::max<std::size_t>(ready, 1); }));
  }
}

TEST_F(GetManyTest, LengthsWithoutAnEndAreEachFetchedAlone) {
  keyspace.sizes = {{"s:1", 5}};
  server.on_command = [this](Peer& peer, const Words& words) {
    peer.Send(words[0] == "STRLEN" ? Integer(std::numeric_limits<std::int64_t>::max())
                                   : keyspace.Answer(words));
  };
  EXPECT_EQ(Run({"s:1", "s:2", "s:3"}, 100), "batch");
  EXPECT_EQ(Batches(), (std::vector<std::vector<std::string>>{{"1"}, {"2"}, {"3"}}));
}

// ---- What cannot be the replies ----

TEST(ReadFetch, RefusesRepliesOfAnotherShape) {
  const std::vector<std::string> keys = {"s:1", "s:2"};
  const std::vector<std::string> good = {Array({Bulk("a"), Nil()}), Integer(5), Integer(-2)};
  const auto read = [&](std::vector<std::string> bytes) {
    ReplyReader reader;
    std::vector<Reply> replies;
    for (const std::string& each : bytes) reader.Feed(each);
    while (const auto reply = reader.Next()) replies.push_back(*reply);
    return ReadFetch(replies, keys, 2).has_value();
  };
  EXPECT_TRUE(read(good));
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (const std::string& wrong :
         {Bulk("x"), Nil(), Array({}), Array({Bulk("a")}), Array({Nil(), Nil(), Nil()})}) {
      auto bytes = good;
      bytes[place] = wrong;
      EXPECT_FALSE(read(bytes)) << place << " " << wrong;
    }
  }
}

}  // namespace
}  // namespace connect_hiredis::test
