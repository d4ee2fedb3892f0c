// What a ready connection makes of what the server sends.
#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

class ConnectionRepliesTest : public ConnectionTest {
 protected:
  // And then its connection says nothing more.
  void AnswerFirstGetBy(const std::string& nonsense) {
    const auto given = std::make_shared<std::optional<std::size_t>>();
    server.on_command = [given, nonsense](Peer& peer, const Words& words) {
      if (words[0] == "GET" && !*given) {
        *given = peer.number();
        peer.Send(nonsense);
      } else if (*given != peer.number()) {
        peer.Send(HarmlessAnswer(words));
      }
    };
  }
};

TEST_F(ConnectionRepliesTest, CommandsCompleteInTheOrderOfTheirSubmission) {
  ASSERT_TRUE(OpenUntilReady());
  std::vector<std::uint64_t> tags;
  for (int number = 0; number < 100; ++number) {
    tags.push_back(Submit({"GET", std::to_string(number)}));
    if (number % 30 == 0) uv_run(loop(), UV_RUN_NOWAIT);
  }
  ASSERT_TRUE(RunUntilTold(100));
  EXPECT_EQ(handler.order, tags);
  for (int number = 0; number < 100; ++number) {
    EXPECT_EQ(Told(tags[static_cast<std::size_t>(number)]), "$value of " + std::to_string(number));
  }
}

TEST_F(ConnectionRepliesTest, AFewCommandsOfOneTurnLeaveInOneWrite) {
  ASSERT_TRUE(OpenUntilReady());
  for (std::size_t number = 1; number < Pace::kLeast; ++number) Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(Pace::kLeast - 1));
  for (const auto& command : server.received()) {
    if (command.words[0] == "GET") {
      EXPECT_EQ(command.read, 1U);
    }
  }
}

TEST_F(ConnectionRepliesTest, SeveralCommandsOfOneRequestCompleteTogether) {
  ASSERT_TRUE(OpenUntilReady());
  const auto request = SubmitTogether({{"GET", "a"}, {"PTTL", "a"}, {"SET", "a", "1"}});
  const auto next = Submit({"GET", "b"});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(request), "$value of a :1000 +OK");
  EXPECT_EQ(Told(next), "$value of b");
}

TEST_F(ConnectionRepliesTest, RepliesMayComeByteByByte) {
  const std::string answer =
      Array({Bulk("a\r\nb"), Integer(-5), Nil(), Array({Simple("in"), Refusal("ERR in")})});
  server.on_command = [&](Peer& peer, const Words& words) {
    peer.SendByteByByte(words[0] == "SCAN" ? answer : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto array = Submit({"SCAN", "0"});
  const auto several = SubmitTogether({{"GET", "a"}, {"SCAN", "0"}, {"PTTL", "a"}});
  const auto last = Submit({"GET", "b"});
  ASSERT_TRUE(RunUntilTold(3));
  const std::string expected = "[$a\r\nb :-5 nil [+in -ERR in]]";
  EXPECT_EQ(Told(array), expected);
  EXPECT_EQ(Told(several), "$value of a " + expected + " :1000");
  EXPECT_EQ(Told(last), "$value of b");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionRepliesTest, RepliesMayBeSplitAtEveryPlace) {
  const std::string answer =
      Bulk("value") + Integer(77) + Array({Bulk("k"), Nil(), Bulk("long\r\n")});
  Peer* asked = nullptr;
  server.on_command = [&](Peer& peer, const Words& words) {
    if (IsHandshake(words)) peer.Send(HarmlessAnswer(words));
    asked = &peer;
  };
  ASSERT_TRUE(OpenUntilReady());
  for (std::size_t at = 1; at < answer.size(); ++at) {
    asked = nullptr;
    const auto pair = SubmitTogether({{"GET", "a"}, {"PTTL", "a"}});
    const auto array = Submit({"MGET", "a"});
    ASSERT_TRUE(RunUntil([&] { return asked != nullptr; }));
    asked->Send(answer.substr(0, at));
    RunFor(milliseconds(1));
    asked->Send(answer.substr(at));
    ASSERT_TRUE(RunUntilTold(array));
    ASSERT_EQ(Told(pair), "$value :77") << "split at " << at;
    ASSERT_EQ(Told(array), "[$k nil $long\r\n]") << "split at " << at;
  }
}

TEST_F(ConnectionRepliesTest, SixteenMebibytesPassBothWays) {
  std::string stored;
  server.on_command = [&](Peer& peer, const Words& words) {
    if (words[0] == "SET") stored = words[2];
    peer.Send(words[0] == "GET" ? Bulk(stored) : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  std::string large(16UL * 1024 * 1024, '\0');
  for (std::size_t at = 0; at < large.size(); ++at) large[at] = static_cast<char>(at * 7 % 251);
  const auto before = Submit({"PTTL", "a"});
  const auto set = Submit({"SET", "a", large});
  const auto get = Submit({"GET", "a"});
  const auto after = Submit({"PTTL", "a"});
  ASSERT_TRUE(RunUntilTold(4));
  EXPECT_EQ(Told(before), ":1000");
  EXPECT_EQ(Told(set), "+OK");
  EXPECT_TRUE(stored == large);
  EXPECT_TRUE(Told(get) == "$" + large);
  EXPECT_EQ(Told(after), ":1000");
}

TEST_F(ConnectionRepliesTest, ManyLargeCommandsToASlowServerAllArrive) {
  ASSERT_TRUE(OpenUntilReady());
  const std::string large(700'000, 'x');
  for (int number = 0; number < 30; ++number) Submit({"SET", std::to_string(number), large});
  ASSERT_TRUE(RunUntilTold(30));
  int number = 0;
  for (const auto& command : server.received()) {
    if (command.words[0] != "SET") continue;
    EXPECT_EQ(command.words[1], std::to_string(number++));
    EXPECT_TRUE(command.words[2] == large);
  }
}

TEST_F(ConnectionRepliesTest, AnErrorIsAnAnswer) {
  server.on_command = [](Peer& peer, const Words& words) {
    peer.Send(words[0] == "GET" ? Refusal("WRONGTYPE no string") : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "-WRONGTYPE no string");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionRepliesTest, ASurplusReplyReplacesTheConnection) {
  ASSERT_TRUE(OpenUntilReady());
  server.peer(0).Send(Integer(1));
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  EXPECT_EQ(observer.Count("protocol"), 1U);
  EXPECT_EQ(server.connections(), 2U);
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
}

TEST_F(ConnectionRepliesTest, ASurplusReplyBehindAnAnswerReplacesTheConnection) {
  server.on_command = [](Peer& peer, const Words& words) {
    peer.Send(HarmlessAnswer(words));
    if (peer.number() == 0 && words[0] == "GET") peer.Send(Bulk("one too many"));
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  EXPECT_EQ(Told(tag), "$value of a");
  EXPECT_EQ(observer.Count("protocol"), 1U);
}

TEST_F(ConnectionRepliesTest, ASurplusReplyOfManyPiecesReplacesTheConnection) {
  ASSERT_TRUE(OpenUntilReady());
  server.peer(0).SendByteByByte(Array({Bulk("a"), Array({Bulk("b")})}));
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  EXPECT_EQ(observer.Count("protocol"), 1U);
}

TEST_F(ConnectionRepliesTest, AnErrorThatNobodyAskedForIsTheReason) {
  ASSERT_TRUE(OpenUntilReady());
  server.peer(0).Send(Refusal("ERR max number of clients reached"));
  server.peer(0).Close();
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  EXPECT_EQ(observer.Count("reply ERR"), 1U);
  EXPECT_EQ(observer.errors[0].message, "Redis replied: ERR max number of clients reached");
}

TEST_F(ConnectionRepliesTest, PushedMessagesAreNobodysAnswer) {
  server.on_command = [](Peer& peer, const Words& words) {
    const std::string pushed = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n";
    peer.Send(pushed + HarmlessAnswer(words) + pushed);
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto first = Submit({"GET", "a"});
  const auto second = Submit({"GET", "b"});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(first), "$value of a");
  EXPECT_EQ(Told(second), "$value of b");
  RunFor(milliseconds(2));
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionRepliesTest, GarbageFailsTheCommandInWhosePlaceItIsAndThoseBehindAreAskedAgain) {
  server.on_command = [](Peer& peer, const Words& words) {
    const bool garbage = peer.number() == 0 && words.back() == "b";
    peer.Send(garbage ? "\x01garbage\r\n" : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto first = Submit({"GET", "a"});
  const auto second = Submit({"GET", "b"});
  const auto third = Submit({"GET", "c"});
  ASSERT_TRUE(RunUntilTold(3));
  EXPECT_EQ(observer.Count("protocol"), 1U);
  EXPECT_EQ(Told(first), "$value of a");
  EXPECT_EQ(Told(second), "protocol");
  EXPECT_EQ(Told(third), "$value of c");
  EXPECT_EQ(server.Count("GET"), 4U);
  EXPECT_EQ(handler.order, (std::vector<std::uint64_t>{first, second, third}));
}

TEST_F(ConnectionRepliesTest, GarbageInThePlaceOfALaterReplyFailsItsWholeCommand) {
  server.on_command = [](Peer& peer, const Words& words) {
    const bool garbage = peer.number() == 0 && words[0] == "PTTL";
    peer.Send(garbage ? "\x01garbage\r\n" : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto first = SubmitTogether({{"GET", "a"}, {"PTTL", "a"}, {"GET", "a"}});
  const auto second = Submit({"GET", "b"});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(first), "protocol");
  EXPECT_EQ(Told(second), "$value of b");
}

TEST_F(ConnectionRepliesTest, WhereEveryAnswerIsGarbageEachCommandFailsOnce) {
  options.backoff_min = milliseconds(1);
  options.backoff_max = milliseconds(5);
  server.on_command = [](Peer& peer, const Words& words) {
    peer.Send(IsHandshake(words) ? HarmlessAnswer(words) : "\x01garbage\r\n");
  };
  ASSERT_TRUE(OpenUntilReady());
  std::vector<std::uint64_t> tags;
  for (int number = 0; number < 10; ++number) tags.push_back(Submit({"GET", "a"}));
  ASSERT_TRUE(RunUntilTold(10));
  for (const std::uint64_t tag : tags) EXPECT_EQ(Told(tag), "protocol");
  EXPECT_EQ(handler.order, tags);
}

// It is in nobody's place.
TEST_F(ConnectionRepliesTest, APushThatBreaksABoundFailsNoCommand) {
  std::string deep = ">1\r\n";
  for (int level = 0; level < 100; ++level) deep += "*1\r\n";
  const std::vector<std::string> pushes = {deep, ">99999999999\r\n", ">1\r\n$99999999999\r\n",
                                           ">1\r\n\x01", ">2\r\n+" + std::string(100'000, 'x')};
  for (const std::string& push : pushes) {
    AnswerFirstGetBy(push);
    if (connection == nullptr) {
      ASSERT_TRUE(OpenUntilReady());
    }
    const auto tag = Submit({"GET", "a"});
    ASSERT_TRUE(RunUntilTold(tag));
    EXPECT_EQ(Told(tag), "$value of a") << push.substr(0, 20);
    EXPECT_EQ(Describe(observer.errors.back()), "protocol");
  }
  EXPECT_EQ(observer.Count("protocol"), pushes.size());
}

TEST_F(ConnectionRepliesTest, RepliesTooDeepOrTooLongAreProtocolErrors) {
  std::string deep;
  for (int level = 0; level < 100; ++level) deep += "*1\r\n";
  const std::string line(100'000, '1');
  const std::vector<std::string> replies = {
      deep,
      "*99999999999\r\n",
      "$99999999999\r\n",
      "$999999999999999999999\r\n",
      "$9223372036854775807\r\n",
      "$" + line,
      "$-" + line,
      "$5\r" + line,
      "$5" + line,
      ":" + line,
      "+" + line,
      "-" + line,
      "*1\r\n:" + line,
      "=99999999999\r\n",
  };
  for (const std::string& nonsense : replies) {
    const std::size_t before = observer.errors.size();
    AnswerFirstGetBy(nonsense);
    if (connection == nullptr) {
      ASSERT_TRUE(OpenUntilReady());
    }
    const auto tag = Submit({"GET", "a"});
    const auto behind = Submit({"PTTL", "a"});
    ASSERT_TRUE(RunUntilTold(behind));
    EXPECT_EQ(Told(tag), "protocol");
    EXPECT_EQ(Told(behind), ":1000");
    ASSERT_GT(observer.errors.size(), before);
    EXPECT_EQ(Describe(observer.errors.back()), "protocol") << nonsense.substr(0, 30);
  }
}

TEST_F(ConnectionRepliesTest, ALongStringIsTakenWhereverItIsSplit) {
  const std::string value(1'000'000, 'a');
  server.on_command = [&](Peer& peer, const Words& words) {
    if (words[0] != "GET") return peer.Send(HarmlessAnswer(words));
    // Twelve bytes are its header and something of what follows.
    const std::string answer = Array({Bulk(value), Refusal(std::string(60'000, 'e'))});
    for (std::size_t byte = 0; byte < 16; ++byte) peer.Send(answer.substr(byte, 1));
    peer.Send(answer.substr(16));
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(tag));
  EXPECT_EQ(Told(tag), "[$" + value + " -" + std::string(60'000, 'e') + "]");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionRepliesTest, WhatFollowsAReplyThatIsNotTrustedReachesNobody) {
  server.on_command = [](Peer& peer, const Words& words) {
    if (peer.number() > 0 || IsHandshake(words)) {
      peer.Send(HarmlessAnswer(words));
    } else if (words.back() == "b") {
      peer.Send(Bulk("off by one") + Bulk("another's session"));
    }
  };
  ASSERT_TRUE(OpenUntilReady());
  handler.on_told = [&](std::uint64_t tag) {
    if (tag == 1) connection->Distrust(MakeUnexpectedReplyError());
  };
  const auto first = Submit({"GET", "a"});
  const auto second = Submit({"GET", "b"});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(first), "$off by one");
  EXPECT_EQ(Told(second), "$value of b");
  EXPECT_EQ(observer.Count("protocol"), 1U);
}

}  // namespace
}  // namespace connect_hiredis::test
