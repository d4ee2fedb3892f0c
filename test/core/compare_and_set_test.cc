// The conditional write: what is sent, and what its answers come to. Whether the script is right,
// and its digest, only a real server can tell.
#include "session/compare_and_set.h"

#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

class CompareAndSetTest : public ConnectionTest {
 protected:
  // Each script command is answered by the next of `answers`; "close" breaks the connection.
  void Prepare(std::vector<std::string> answers) {
    answers_ = std::move(answers);
    server.on_command = [this](Peer& peer, const Words& words) {
      if (IsHandshake(words)) {
        peer.Send(HarmlessAnswer(words));
        return;
      }
      scripts.push_back(words);
      const std::string answer = answers_.at(scripts.size() - 1);
      if (answer == "close") peer.Close();
      if (answer != "close") peer.Send(answer);
    };
    ASSERT_TRUE(OpenUntilReady());
  }

  std::string Run(Operations::TimeToLiveOption time_to_live = milliseconds(5000),
                  bool once = false) {
    EXPECT_EQ(
        CompareAndSet::Run(connection.get(), &sink, 1, {"s:1", "old", "new", time_to_live, once}),
        Admission::kAccepted);
    EXPECT_TRUE(RunUntil([&] { return sink.count() > 0; }));
    return sink.Told(1);
  }

  RecordingSink sink;
  std::vector<Words> scripts;

 private:
  std::vector<std::string> answers_;
};

const std::string kNoScript = Refusal("NOSCRIPT No matching script. Please use EVAL.");

TEST_F(CompareAndSetTest, StoresWithTheScriptThatTheServerKnows) {
  Prepare({Integer(1)});
  EXPECT_EQ(Run(), "count 1");
  ASSERT_EQ(scripts[0].size(), 8U);
  EXPECT_EQ(scripts[0][0], "EVALSHA");
  EXPECT_EQ(scripts[0][1].size(), 40U);
  EXPECT_EQ(Words(scripts[0].begin() + 2, scripts[0].end()),
            (Words{"1", "s:1", "old", "new", "5000", "0"}));
}

TEST_F(CompareAndSetTest, SendsTheScriptToAServerThatDoesNotKnowIt) {
  Prepare({kNoScript, Integer(1)});
  EXPECT_EQ(Run(), "count 1");
  EXPECT_EQ(scripts[1][0], "EVAL");
  EXPECT_NE(scripts[1][1].find("redis.call('SET'"), std::string::npos);
  EXPECT_EQ(Words(scripts[1].begin() + 2, scripts[1].begin() + 6),
            (Words{"1", "s:1", "old", "new"}));
  EXPECT_LE(std::stoi(scripts[1][6]), 5000);
  EXPECT_GT(std::stoi(scripts[1][6]), 1);
  EXPECT_EQ(scripts[1][7], "0");
}

TEST_F(CompareAndSetTest, AServerThatKnowsNoScriptAtAllEndsIt) {
  Prepare({kNoScript, kNoScript});
  EXPECT_EQ(Run(), "reply NOSCRIPT");
}

TEST_F(CompareAndSetTest, TellsThatTheSessionIsGone) {
  Prepare({Integer(0)});
  EXPECT_EQ(Run(), "count 0");
}

TEST_F(CompareAndSetTest, TellsWhatIsStoredInstead) {
  Prepare({Array({Bulk("other"), Integer(77), Integer(0)})});
  EXPECT_EQ(Run(), "value 'other' 77");
}

TEST_F(CompareAndSetTest, TellsWhatIsStoredInsteadToAMergeThatWasSentAgain) {
  Prepare({"close", Array({Bulk("other"), Integer(77), Integer(1)})});
  EXPECT_EQ(Run(), "value 'other' 77");
}

TEST_F(CompareAndSetTest, WhetherAChangeThatWasSentAgainIsInWhatIsStoredInsteadNobodyKnows) {
  Prepare({"close", Array({Bulk("other"), Integer(77), Integer(1)})});
  EXPECT_EQ(Run(milliseconds(5000), true), "system ECONNRESET");
  EXPECT_EQ(server.connections(), 2U) << "the connection that told so is not to blame";
}

TEST_F(CompareAndSetTest, AChangeThatWasSentOnceIsNotInIt) {
  Prepare({Array({Bulk("other"), Integer(77), Integer(0)})});
  EXPECT_EQ(Run(milliseconds(5000), true), "value 'other' 77");
}

TEST_F(CompareAndSetTest, MayStoreForEver) {
  Prepare({"close", Integer(1)});
  EXPECT_EQ(Run(std::nullopt), "count 1");
  EXPECT_EQ(scripts[0][6], "0");
  EXPECT_EQ(scripts[1][6], "0") << "zero is no time that runs out";
}

TEST_F(CompareAndSetTest, SentAgainItSaysThatItMayHaveBeenCarriedOut) {
  Prepare({"close", "close", Integer(1)});
  EXPECT_EQ(Run(), "count 1");
  ASSERT_EQ(scripts.size(), 3U);
  EXPECT_EQ(scripts[0][7], "0");
  EXPECT_EQ(scripts[1][7], "1");
  EXPECT_EQ(scripts[2][7], "1");
}

TEST_F(CompareAndSetTest, ItSaysSoAlsoToAServerThatDoesNotKnowTheScript) {
  // A replica that took over: it has the write, but not the script.
  Prepare({"close", kNoScript, Integer(1)});
  EXPECT_EQ(Run(), "count 1");
  ASSERT_EQ(scripts.size(), 3U);
  EXPECT_EQ(scripts[2][0], "EVAL");
  EXPECT_EQ(scripts[2][7], "1");
}

TEST_F(CompareAndSetTest, ItSaysSoAlsoWhenTheWholeScriptHasToWait) {
  Prepare({"close", kNoScript, Integer(1)});
  CompareAndSet::Run(connection.get(), &sink, 1, {"s:1", "old", "new", milliseconds(5000)});
  // More than are sent at once on a new connection: the script comes after them.
  const auto answer = server.on_command;
  server.on_command = [&](Peer& peer, const Words& words) {
    if (words[0] == "GET") {
      peer.Send(HarmlessAnswer(words));
    } else {
      answer(peer, words);
    }
  };
  for (int number = 0; number < 5000; ++number) Submit({"GET", std::to_string(number)});
  ASSERT_TRUE(RunUntilTold(5000));
  ASSERT_TRUE(RunUntil([&] { return sink.count() > 0; }));
  ASSERT_EQ(scripts.size(), 3U);
  EXPECT_EQ(scripts[2][0], "EVAL");
  EXPECT_EQ(scripts[2][7], "1");
}

TEST_F(CompareAndSetTest, WhatTheKernelDidNotTakeWasNotCarriedOut) {
  Prepare({Integer(1)});
  server.peer(0).Reset();
  CompareAndSet::Run(connection.get(), &sink, 1, {"s:1", "old", "new", milliseconds(5000)});
  ASSERT_TRUE(RunUntil([&] { return sink.count() > 0; }));
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(scripts[0][7], "0");
  EXPECT_EQ(observer.errors.at(0).syscall, "write");
}

TEST_F(CompareAndSetTest, WhatOnlyWaitedWasNotCarriedOut) {
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  CompareAndSet::Run(connection.get(), &sink, 1, {"s:1", "old", "new", milliseconds(5000)});
  RunFor(milliseconds(20));
  server.on_command = [this](Peer& peer, const Words& words) {
    if (!IsHandshake(words)) scripts.push_back(words);
    peer.Send(IsHandshake(words) ? Simple("OK") : Integer(1));
  };
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntil([&] { return sink.count() > 0; }));
  EXPECT_LE(std::stoi(scripts[0][6]), 4980);
  EXPECT_EQ(scripts[0][7], "0");
}

TEST_F(CompareAndSetTest, ARefusalIsTold) {
  Prepare({Refusal("OOM command not allowed")});
  EXPECT_EQ(Run(), "reply OOM");
}

TEST_F(CompareAndSetTest, AReplyThatItCannotHaveReplacesTheConnection) {
  Prepare({Array({Bulk("other")})});
  EXPECT_EQ(Run(), "protocol");
  EXPECT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
}

TEST_F(CompareAndSetTest, AnAbortEndsItOnce) {
  Prepare({});
  CompareAndSet::Run(connection.get(), &sink, 1, {"s:1", "old", "new", milliseconds(5000)});
  connection->Abort();
  EXPECT_EQ(sink.Told(1), "closed");
}

TEST_F(CompareAndSetTest, ACloseBetweenTheTwoCommandsEndsItOnce) {
  Prepare({kNoScript});
  CompareAndSet::Run(connection.get(), &sink, 1, {"s:1", "old", "new", milliseconds(5000)});
  connection->Close();
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(sink.Told(1), "closed");
}

}  // namespace
}  // namespace connect_hiredis::test
