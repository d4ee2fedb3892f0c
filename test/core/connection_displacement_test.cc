// Servers that say they are not the one to ask: the connection is replaced, the commands are sent
// again.
#include <gtest/gtest.h>

#include "support/two_addresses_test.h"

namespace connect_hiredis::test {
namespace {

using State = Connection::State;
using Events = std::vector<std::string>;

constexpr const char* kReadOnly = "READONLY You can't write against a read only replica.";

class ConnectionDisplacementTest : public TwoAddressesTest {
 protected:
  ConnectionDisplacementTest() { options.host = "127.0.0.1"; }

  // The first connections answer GET with this, later ones as they should.
  void RefuseOn(std::size_t connections, const std::string& text) {
    server.on_command = [=](Peer& peer, const Words& words) {
      const bool refuses = words[0] == "GET" && peer.number() < connections;
      peer.Send(refuses ? Refusal(text) : HarmlessAnswer(words));
    };
  }

  // Until the server has said it so many times.
  bool RunUntilDisplaced(std::size_t times) {
    return RunUntil([=, this] { return observer.Count("reply READONLY") >= times; });
  }
};

class ConnectionDisplacementReplyTest : public ConnectionDisplacementTest,
                                        public ::testing::WithParamInterface<const char*> {};

TEST_P(ConnectionDisplacementReplyTest, TheCommandIsSentAgainOnTheNextConnection) {
  std::vector<std::uint64_t> tags;
  server.on_command = [&](Peer& peer, const Words& words) {
    if (peer.number() > 0 || words[0] != "GET") {
      peer.Send(HarmlessAnswer(words));
    } else if (server.Count("GET") == tags.size()) {
      // What follows the refusal may have been carried out: it counts. The last is not answered.
      peer.Send(Bulk("1st") + Refusal(GetParam()) + Bulk("3rd") + Bulk("4th"));
    }
  };
  ASSERT_TRUE(OpenUntilReady());
  for (const char* key : {"a", "b", "c", "d", "e"}) tags.push_back(Submit({"GET", key}));
  ASSERT_TRUE(RunUntilTold(5));
  EXPECT_EQ(handler.order,
            (std::vector<std::uint64_t>{tags[0], tags[2], tags[3], tags[1], tags[4]}));
  EXPECT_EQ(Told(tags[0]), "$1st");
  EXPECT_EQ(Told(tags[1]), "$value of b");
  EXPECT_EQ(Told(tags[2]), "$3rd");
  EXPECT_EQ(Told(tags[4]), "$value of e");
  EXPECT_EQ(server.Count("GET"), 7U) << "what was answered is not asked again";
  EXPECT_EQ(server.connections(), 2U);
  const std::string text = GetParam();
  EXPECT_EQ(observer.events,
            (Events{"connected", "ready", "reply " + text.substr(0, text.find(' ')), "connected",
                    "ready"}));
}

INSTANTIATE_TEST_SUITE_P(
    All, ConnectionDisplacementReplyTest,
    ::testing::Values(
        kReadOnly, "LOADING Redis is loading the dataset in memory",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "NOAUTH Authentication required.",
        // Redis 7 and later, from within a script; and before.
        "READONLY You can't write against a read only replica. script: e43b, on @user_script:9.",
        "ERR Error running script (call to f_e43b32b85174e628d4c7ae8e65dace530a2d22d9): "
        "@user_script:9: @user_script: 9: -READONLY You can't write against a read only replica."));

TEST_F(ConnectionDisplacementTest, ARequestThatWasHalfAnsweredIsSentAgainWhole) {
  server.on_command = [](Peer& peer, const Words& words) {
    const bool refuses = words[0] == "PTTL" && peer.number() == 0;
    peer.Send(refuses ? Refusal("LOADING Redis is loading") : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = SubmitTogether({{"GET", "a"}, {"PTTL", "a"}});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a :1000");
  EXPECT_EQ(server.Count("GET"), 2U);
}

TEST_F(ConnectionDisplacementTest, OnlyAnErrorIsTakenAtItsWordNotWhatItOrDataHolds) {
  const std::vector<std::string> answers{
      Bulk(kReadOnly),
      Simple("LOADING is done"),
      Array({Refusal(kReadOnly)}),
      Refusal("READONLYISH no"),
      Refusal("ERR -READONLY is not what this is"),
      Refusal("ERR Error running script: @user_script:1: -OOM command not allowed")};
  server.on_command = [&](Peer& peer, const Words& words) {
    peer.Send(words[0] == "GET" ? answers[std::stoul(words[1])] : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  for (std::size_t number = 0; number < answers.size(); ++number) {
    Submit({"GET", std::to_string(number)});
  }
  ASSERT_TRUE(RunUntilTold(answers.size()));
  EXPECT_EQ(Told(1), "$" + std::string(kReadOnly));
  EXPECT_EQ(Told(3), "[-" + std::string(kReadOnly) + "]");
  EXPECT_EQ(Told(4), "-READONLYISH no");
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_TRUE(observer.errors.empty());
}

TEST_F(ConnectionDisplacementTest, OtherErrorsReachTheHandlerAndKeepTheConnection) {
  server.on_command = [](Peer& peer, const Words& words) {
    peer.Send(words[0] == "GET" ? Refusal(words[1]) : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  const std::vector<std::string> texts{
      "OOM command not allowed when used memory > 'maxmemory'.",
      "NOPERM this user has no permissions to run the 'get' command",
      "MISCONF Redis is configured to save RDB snapshots",
      "WRONGTYPE Operation against a key holding the wrong kind of value",
      "BUSY Redis is busy running a script.",
      "NOSCRIPT No matching script. Please use EVAL.",
      "ERR unknown command"};
  for (const std::string& text : texts) Submit({"GET", text});
  ASSERT_TRUE(RunUntilTold(texts.size()));
  for (std::size_t number = 0; number < texts.size(); ++number) {
    EXPECT_EQ(Told(number + 1), "-" + texts[number]);
  }
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(observer.events, (Events{"connected", "ready"}));
}

TEST_F(ConnectionDisplacementTest, AServerThatSaysSoForEverIsAskedMoreAndMoreSeldom) {
  options.backoff_max = milliseconds(10'000);
  RefuseOn(1000, kReadOnly);
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilDisplaced(3));
  RunFor(milliseconds(300));
  EXPECT_LT(observer.Count("ready"), 30U) << "with 1 ms before each there are hundreds";
}

TEST_F(ConnectionDisplacementTest, ALastingConnectionIsAnEndToThat) {
  options.backoff_max = milliseconds(1000);
  bool refuses = true;
  server.on_command = [&](Peer& peer, const Words& words) {
    peer.Send(words[0] == "GET" && refuses ? Refusal(kReadOnly) : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "a"});
  // Up to 1 ms, 2, 4 ... 512 before each of these.
  ASSERT_TRUE(RunUntilDisplaced(10));
  refuses = false;
  ASSERT_TRUE(RunUntilTold(1));
  RunFor(options.backoff_max);
  refuses = true;
  Submit({"GET", "b"});
  const auto begin = Now();
  ASSERT_TRUE(RunUntilDisplaced(16));
  // At most 1 + 2 + 4 + 8 + 16 ms; and some 2500 if it went on where it was.
  EXPECT_LT(Now() - begin, milliseconds(1000));
}

TEST_F(ConnectionDisplacementTest, AtTheDeadlineTheCauseIsWhatTheServerSaid) {
  options.command_timeout = milliseconds(200);
  server.on_command = [](Peer& peer, const Words& words) {
    if (peer.number() == 0) {
      peer.Send(words[0] == "GET" ? Refusal(kReadOnly) : HarmlessAnswer(words));
    }
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(state(), State::kHandshaking) << "it waited for the next connection";
  EXPECT_EQ(Told(tag), "timeout");
  ASSERT_NE(handler.errors[tag].cause, nullptr);
  EXPECT_EQ(Describe(*handler.errors[tag].cause), "reply READONLY");
}

TEST_F(ConnectionDisplacementTest, SoItIsForACommandThatWaitsForItsAnswerAgain) {
  options.command_timeout = milliseconds(200);
  server.on_command = [](Peer& peer, const Words& words) {
    if (words[0] != "GET") {
      peer.Send(HarmlessAnswer(words));
    } else if (peer.number() == 0) {
      peer.Send(Refusal(kReadOnly));
    }
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(server.Count("GET"), 2U);
  EXPECT_EQ(Told(tag), "timeout");
  ASSERT_NE(handler.errors[tag].cause, nullptr);
  EXPECT_EQ(Describe(*handler.errors[tag].cause), "reply READONLY");
}

TEST_F(ConnectionDisplacementTest, ALateReplyTellsItToo) {
  options.command_timeout = milliseconds(200);
  Peer* peer = nullptr;
  server.on_command = [&](Peer& asked, const Words& words) {
    peer = &asked;
    if (words[0] != "GET") asked.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "a"});
  const auto tag = Submit({"GET", "b"});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 2; }));
  // Alive, but late.
  RunFor(milliseconds(100));
  peer->Send(Bulk("a"));
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(tag), "timeout");
  EXPECT_EQ(server.connections(), 1U);
  peer->Send(Refusal(kReadOnly));
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  EXPECT_EQ(observer.Count("reply READONLY"), 1U);
}

TEST_F(ConnectionDisplacementTest, AConnectionThatIsClosingIsNotReplaced) {
  Peer* peer = nullptr;
  server.on_command = [&](Peer& asked, const Words& words) {
    peer = &asked;
    if (words[0] != "GET") asked.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 1; }));
  connection->Close();
  peer->Send(Refusal(kReadOnly));
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(Told(tag), "closed");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionDisplacementTest, OfTwoAddressesTheOtherIsUsedNext) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  options.host = kNameOfTwoAddresses;
  RefuseOn(1000, kReadOnly);
  Open();
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(second.connections(), 1U);
  // A break is no reason to stay away from the first.
  second.DropPeers();
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 3; }));
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(ConnectionDisplacementTest, IfTheOtherIsNotThereTheSameIsAskedAgain) {
  if (!server.ListenOnTcp("::1")) GTEST_SKIP() << "this machine has no ::1";
  options.host = kNameOfTwoAddresses;
  RefuseOn(1, kReadOnly);
  Open();
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
  EXPECT_EQ(server.connections(), 2U);
}

}  // namespace
}  // namespace connect_hiredis::test
