// Every command completes within its deadline, and a connection that is silent is replaced.
#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

constexpr milliseconds kTimeout{150};
// A busy machine may be late; being early is wrong everywhere.
constexpr milliseconds kLate{2000};

class ConnectionDeadlinesTest : public ConnectionTest {
 protected:
  ConnectionDeadlinesTest() { options.command_timeout = kTimeout; }

  // On the first connection, answers neither what is asked of the key "late" nor what follows.
  void StallLate() {
    server.on_command = [this](Peer& peer, const Words& words) {
      stalled_ = stalled_ || words.back() == "late";
      if (!stalled_ || peer.number() > 0) peer.Send(HarmlessAnswer(words));
    };
  }

 private:
  bool stalled_ = false;
};

TEST_F(ConnectionDeadlinesTest, ACommandFailsAloneAndItsLateReplyReachesNobody) {
  Peer* peer = nullptr;
  bool answer = true;
  server.on_command = [&](Peer& asked, const Words& words) {
    peer = &asked;
    if (answer) asked.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  answer = false;
  const auto alive = Submit({"GET", "alive"});
  const auto late = Submit({"GET", "late"});
  // The server lives: it answers the first, but not the second.
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 2; }));
  RunFor(kTimeout / 2);
  peer->Send(Bulk("alive"));
  const auto next = Submit({"GET", "next"});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(alive), "$alive");
  EXPECT_EQ(Told(late), "timeout");
  EXPECT_EQ(handler.errors[late].message, "Redis at 127.0.0.1:" + std::to_string(server.port()) +
                                              " did not answer within 150 ms");
  peer->Send(Bulk("late") + Bulk("next"));
  ASSERT_TRUE(RunUntilTold(3));
  EXPECT_EQ(Told(next), "$next");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionDeadlinesTest, WhatIsLateOfARequestReachesNobodyEither) {
  Peer* peer = nullptr;
  bool answer = true;
  server.on_command = [&](Peer& asked, const Words& words) {
    peer = &asked;
    if (answer) asked.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  answer = false;
  const auto half = SubmitTogether({{"GET", "half"}, {"PTTL", "half"}});
  ASSERT_TRUE(RunUntil([&] { return server.Count("PTTL") == 1; }));
  RunFor(kTimeout / 2);
  peer->Send(Bulk("half"));
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(half), "timeout");
  answer = true;
  peer->Send(Integer(12));
  const auto next = SubmitTogether({{"GET", "next"}, {"PTTL", "next"}});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(next), "$value of next :1000");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionDeadlinesTest, AConnectionThatFallsSilentInTheMiddleIsReplaced) {
  Peer* first = nullptr;
  server.on_command = [&](Peer& peer, const Words& words) {
    if (words[0] != "GET") return peer.Send(HarmlessAnswer(words));
    // Of what it is asked at first it answers one thing alone.
    if (server.connections() > 1 || words[1] == "answered") return peer.Send(HarmlessAnswer(words));
    first = &peer;
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "answered"});
  const auto late = Submit({"GET", "late"});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 2; }));
  RunFor(kTimeout / 2);
  // It is asked so late that nobody could miss its answer yet.
  const auto next = Submit({"GET", "next"});
  ASSERT_TRUE(RunUntilTold(3));
  EXPECT_EQ(Told(late), "timeout");
  EXPECT_EQ(Told(next), "$value of next");
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(ConnectionDeadlinesTest, WhatNobodyAskedForIsNoAnswer) {
  server.on_command = [&](Peer& peer, const Words& words) {
    if (server.connections() > 1 || words[0] != "GET") return peer.Send(HarmlessAnswer(words));
    // A push; RESP3's type ">" (https://redis.io/docs/latest/develop/reference/protocol-spec/).
    peer.Send(">1\r\n" + Bulk("invalidate"));
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "late"});
  const auto until = Now() + kTimeout * 3;
  while (server.connections() == 1 && Now() < until) {
    RunFor(kTimeout / 3);
    Submit({"GET", "another"});
  }
  EXPECT_EQ(server.connections(), 2U);
  EXPECT_EQ(observer.Count("timeout"), 1U);
}

TEST_F(ConnectionDeadlinesTest, AConnectionThatAnswersNothingIsReplaced) {
  StallLate();
  ASSERT_TRUE(OpenUntilReady());
  const auto late = Submit({"GET", "late"});
  RunFor(kTimeout / 2);
  const auto next = Submit({"GET", "next"});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(late), "timeout");
  EXPECT_EQ(Told(next), "$value of next");
  EXPECT_EQ(server.connections(), 2U);
  EXPECT_EQ(observer.Count("timeout"), 1U);
  EXPECT_EQ(observer.Count("ready"), 2U);
}

TEST_F(ConnectionDeadlinesTest, ItTakesNeitherLessNorMuchMoreThanTheTimeout) {
  ASSERT_TRUE(OpenUntilReady());
  std::map<std::uint64_t, Nanoseconds> submitted;
  handler.on_told = [&](std::uint64_t tag) {
    EXPECT_GE(Now() - submitted[tag], kTimeout);
    EXPECT_LE(Now() - submitted[tag], kTimeout + kLate);
  };
  server.on_command = [](Peer&, const Words&) {};
  for (int number = 0; number < 20; ++number) {
    const auto now = Now();
    submitted[Submit({"GET", "late"})] = now;
    RunFor(milliseconds(3));
  }
  ASSERT_TRUE(RunUntilTold(20));
  for (const auto& [tag, time] : submitted) EXPECT_EQ(Told(tag), "timeout");
}

TEST_F(ConnectionDeadlinesTest, WithoutAConnectionTheErrorSaysWhy) {
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "timeout");
  const Error& error = handler.errors[tag];
  EXPECT_EQ(error.message, "There was no connection to Redis for 150 ms");
  ASSERT_NE(error.cause, nullptr);
  EXPECT_EQ(Describe(*error.cause), "system ECONNREFUSED");
}

TEST_F(ConnectionDeadlinesTest, TheWaitForAConnectionCounts) {
  server.on_command = [](Peer&, const Words&) {};
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  const auto begin = Now();
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "timeout");
  EXPECT_LE(Now() - begin, kTimeout + kLate);
  EXPECT_EQ(state(), Connection::State::kHandshaking) << "connecting has its own time";
}

TEST_F(ConnectionDeadlinesTest, ABreakDoesNotBeginTheTimeAnew) {
  ASSERT_TRUE(OpenUntilReady());
  server.on_command = [](Peer& peer, const Words& words) {
    if (IsHandshake(words)) peer.Send(HarmlessAnswer(words));
  };
  const auto begin = Now();
  const auto tag = Submit({"GET", "a"});
  for (int round = 0; round < 4 && handler.count() == 0; ++round) {
    RunFor(kTimeout / 3);
    server.DropPeers();
  }
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "timeout");
  EXPECT_GE(Now() - begin, kTimeout);
}

TEST_F(ConnectionDeadlinesTest, ALoopThatWasHeldBeforeDoesNotShortenTheTime) {
  StallLate();
  ASSERT_TRUE(OpenUntilReady());
  // The loop's own clock still stands at the time before.
  HoldLoop(kTimeout * 2);
  const auto begin = Now();
  const auto tag = Submit({"GET", "late"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "timeout");
  EXPECT_GE(Now() - begin, kTimeout);
}

TEST_F(ConnectionDeadlinesTest, AnAnswerThatCameWhileTheLoopWasHeldIsNotTooLate) {
  bool held = false;
  server.on_command = [&](Peer& peer, const Words& words) {
    peer.Send(HarmlessAnswer(words));
    if (words[0] != "GET" || held) return;
    // The answer lies in the socket, and the deadline passes before anybody looks.
    HoldLoop(kTimeout * 2);
    held = true;
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_TRUE(held);
  EXPECT_EQ(Told(tag), "$value of a");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionDeadlinesTest, ManyDeadlinesInOneTurnAllFail) {
  ASSERT_TRUE(OpenUntilReady());
  server.on_command = [](Peer&, const Words&) {};
  for (int number = 0; number < 1000; ++number) Submit({"GET", "late"});
  ASSERT_TRUE(RunUntilTold(1000));
  for (std::uint64_t tag = 1; tag <= 1000; ++tag) EXPECT_EQ(Told(tag), "timeout");
}

TEST_F(ConnectionDeadlinesTest, ACommandMayBeSubmittedFromAFailure) {
  StallLate();
  ASSERT_TRUE(OpenUntilReady());
  handler.on_told = [&](std::uint64_t tag) {
    if (tag == 1) Submit({"GET", "next"});
  };
  Submit({"GET", "late"});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(2), "$value of next");
}

}  // namespace
}  // namespace connect_hiredis::test
