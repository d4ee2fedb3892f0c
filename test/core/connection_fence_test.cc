// A connection that broke with commands unanswered is ended before anything else is asked of its
// server.
#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

class ConnectionFenceTest : public ConnectionTest {
 protected:
  // The client of connection n has id 10 + n. SET is answered on all but the first `deaf` ones.
  void Prepare(const std::string& to_kill = Integer(1), std::size_t deaf = 1) {
    server.on_command = [=, this](Peer& peer, const Words& words) {
      if (words[0] == "CLIENT" && words[1] == "INFO") {
        peer.Send(Bulk(Info(10 + peer.number())));
      } else if (words[0] == "CLIENT" && words[1] == "KILL") {
        peer.Send(to_kill);
      } else if (words[0] != "SET" || peer.number() >= deaf) {
        peer.Send(HarmlessAnswer(words));
      }
    };
    ASSERT_TRUE(OpenUntilReady());
  }

  [[nodiscard]] std::string Info(std::size_t id) const {
    return "id=" + std::to_string(id) + " addr=127.0.0.1:" + std::to_string(id) +
           " laddr=127.0.0.1:" + std::to_string(server.port()) + " fd=8 name=tests\n";
  }

  void Break() {
    ASSERT_TRUE(RunUntil([&] { return server.Count("SET") == 1; }));
    server.DropPeers();
  }

  // What came on this connection behind the handshake.
  [[nodiscard]] std::vector<ScriptedServer::Received> After(std::size_t peer) const {
    std::vector<ScriptedServer::Received> commands;
    bool greeted = false;
    for (const auto& command : server.received()) {
      if (command.peer != peer) continue;
      if (greeted) commands.push_back(command);
      greeted = greeted || (command.words[0] == "CLIENT" && command.words[1] == "INFO");
    }
    return commands;
  }

  const Words kKill{"CLIENT", "KILL", "ID", "10", "ADDR", "127.0.0.1:10"};
};

TEST_F(ConnectionFenceTest, BeforeAnythingIsSentAgainInTheSamePiece) {
  Prepare();
  const auto set = Submit({"SET", "a", "1"});
  ASSERT_NO_FATAL_FAILURE(Break());
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(set), "+OK");
  const auto commands = After(1);
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_EQ(commands[0].words, kKill);
  EXPECT_EQ(commands[1].words, (Words{"SET", "a", "1"}));
  EXPECT_EQ(commands[0].read, commands[1].read) << "it costs no round trip";
}

class ConnectionFenceAnswersTest : public ConnectionFenceTest,
                                   public ::testing::WithParamInterface<std::string> {};

TEST_P(ConnectionFenceAnswersTest, AreNoConcernOfAnybody) {
  Prepare(GetParam());
  const auto set = Submit({"SET", "a", "1"});
  ASSERT_NO_FATAL_FAILURE(Break());
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(set), "+OK");
  EXPECT_EQ(observer.errors.size(), 1U) << "that of the break";
  EXPECT_EQ(connection->statistics().replies, 1U);
  server.DropPeers();
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 3; }));
  EXPECT_EQ(After(2).size(), 0U) << "it is asked for once";
}

INSTANTIATE_TEST_SUITE_P(
    All, ConnectionFenceAnswersTest,
    ::testing::Values(
        Integer(0), Simple("OK"), Nil(), Refusal("ERR No such client"),
        Refusal("NOPERM User app has no permissions to run the 'client|kill' command"),
        Refusal("ERR Unknown subcommand or wrong number of arguments for 'KILL'")));

TEST_F(ConnectionFenceTest, OneThatWasNotAnsweredIsAskedForAgain) {
  Prepare("", 2);
  Submit({"SET", "a", "1"});
  ASSERT_NO_FATAL_FAILURE(Break());
  ASSERT_TRUE(RunUntil([&] { return After(1).size() == 2; }));
  server.DropPeers();
  ASSERT_TRUE(RunUntil([&] { return After(2).size() >= 2; }));
  EXPECT_EQ(After(2)[0].words, kKill);
  EXPECT_EQ(After(2)[1].words, (Words{"CLIENT", "KILL", "ID", "11", "ADDR", "127.0.0.1:11"}));
}

TEST_F(ConnectionFenceTest, AlsoForWhatNobodyWaitsForAnyMore) {
  options.command_timeout = milliseconds(30);
  Prepare();
  const auto set = Submit({"SET", "a", "1"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(set), "timeout");
  ASSERT_TRUE(RunUntil([&] { return After(1).size() == 1; }));
  EXPECT_EQ(After(1)[0].words, kKill);
}

TEST_F(ConnectionFenceTest, NotWhereAllWasAnswered) {
  Prepare();
  Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  server.DropPeers();
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(2));
  ASSERT_EQ(After(1).size(), 1U);
  EXPECT_EQ(After(1)[0].words[0], "GET");
}

TEST_F(ConnectionFenceTest, AUnixSocketIsNotAskedWhoThisIs) {
  ASSERT_TRUE(server.ListenOnSocket());
  ASSERT_TRUE(OpenUntilReady());
  for (const auto& command : server.received()) {
    EXPECT_NE(command.words, (Words{"CLIENT", "INFO"}));
  }
}

}  // namespace
}  // namespace connect_hiredis::test
