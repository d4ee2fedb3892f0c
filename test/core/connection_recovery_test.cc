// Breaks, refusals and the way back.
#include <gtest/gtest.h>

#include <thread>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

using State = Connection::State;

class ConnectionRecoveryTest : public ConnectionTest {
 protected:
  // Takes GET without answering it on the first connection, and answers it on later ones.
  void StallFirst() {
    server.on_command = [](Peer& peer, const Words& words) {
      if (peer.number() > 0 || IsHandshake(words)) peer.Send(HarmlessAnswer(words));
    };
  }

  // A server that accepts and drops is not up: the waits grow as if it refused.
  void ExpectPatience() {
    options.backoff_max = milliseconds(10'000);
    server.on_connection = [](Peer& peer) { peer.Close(); };
    ASSERT_TRUE(server.ListenOnTcp());
    Open();
    RunFor(milliseconds(300));
    EXPECT_GT(observer.errors.size(), 1U);
    EXPECT_LT(observer.errors.size(), 30U);
  }
};

TEST_F(ConnectionRecoveryTest, ARefusedConnectionIsASystemError) {
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  const Error& error = observer.errors[0];
  EXPECT_EQ(error.code, ErrorCode::kSystem);
  EXPECT_EQ(error.system_error, UV_ECONNREFUSED);
  EXPECT_EQ(error.syscall, "connect");
  EXPECT_EQ(error.address, "127.0.0.1");
  EXPECT_EQ(error.port, server.port());
  EXPECT_EQ(error.message, "connect ECONNREFUSED 127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(observer.Count("connected"), 0U);
}

TEST_F(ConnectionRecoveryTest, AMissingSocketIsASystemError) {
  options.socket_path = "/nonexistent/redis.sock";
  Open();
  ASSERT_TRUE(RunUntil([&] { return observer.errors.size() >= 2; }));
  EXPECT_EQ(observer.errors[0].message, "connect ENOENT /nonexistent/redis.sock");
  EXPECT_EQ(observer.errors[0].system_error, UV_ENOENT);
  EXPECT_EQ(observer.errors[0].port, 0);
}

TEST_F(ConnectionRecoveryTest, ItConnectsOnceTheServerListens) {
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntil([&] { return observer.errors.size() >= 3; }));
  EXPECT_EQ(state(), State::kBackoff);
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
  EXPECT_EQ(connection->last_error(), nullptr);
}

TEST_F(ConnectionRecoveryTest, CommandsInFlightAreSentAgainInOrderAndCompleteOnce) {
  StallFirst();
  ASSERT_TRUE(OpenUntilReady());
  std::vector<std::uint64_t> tags;
  for (int number = 0; number < 50; ++number) {
    tags.push_back(Submit({"GET", std::to_string(number)}));
  }
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 50; }));
  server.DropPeers();
  ASSERT_TRUE(RunUntilTold(50));
  EXPECT_EQ(handler.order, tags);
  EXPECT_EQ(Told(tags[49]), "$value of 49");
  EXPECT_EQ(observer.Count("system ECONNRESET"), 1U);
  EXPECT_EQ(server.Count("GET"), 100U);
}

TEST_F(ConnectionRecoveryTest, WhatWasSubmittedMeanwhileFollowsThem) {
  StallFirst();
  ASSERT_TRUE(OpenUntilReady());
  const auto before = Submit({"GET", "before"});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 1; }));
  server.Shut();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  const auto meanwhile = Submit({"GET", "meanwhile"});
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(handler.order, (std::vector{before, meanwhile}));
}

TEST_F(ConnectionRecoveryTest, ARequestThatWasHalfAnsweredIsSentAgainWhole) {
  server.on_command = [](Peer& peer, const Words& words) {
    if (peer.number() == 0 && words[0] == "PTTL") {
      peer.Close();
    } else if (peer.number() == 0 && words[0] == "GET") {
      peer.Send(Bulk("of the first connection"));
    } else {
      peer.Send(HarmlessAnswer(words));
    }
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = SubmitTogether({{"GET", "a"}, {"PTTL", "a"}});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a :1000");
}

TEST_F(ConnectionRecoveryTest, AHalfReplyOfTheOldConnectionDoesNotMixWithTheNew) {
  server.on_command = [](Peer& peer, const Words& words) {
    if (peer.number() == 0 && words[0] == "GET") {
      peer.Send("$1000\r\nhalf of");
      peer.Close();
    } else {
      peer.Send(HarmlessAnswer(words));
    }
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
}

TEST_F(ConnectionRecoveryTest, AResetIsASystemError) {
  StallFirst();
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 1; }));
  server.peer(0).Reset();
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
  ASSERT_FALSE(observer.errors.empty());
  EXPECT_EQ(observer.errors[0].message,
            "read ECONNRESET 127.0.0.1:" + std::to_string(server.port()));
}

TEST_F(ConnectionRecoveryTest, ABreakInTheMiddleOfALargeWriteSendsItAgainWhole) {
  const std::string large(8'000'000, 'x');
  server.on_connection = [](Peer& peer) {
    if (peer.number() == 1) peer.Reset();
  };
  ASSERT_TRUE(OpenUntilReady());
  const auto set = Submit({"SET", "a", large});
  uv_run(loop(), UV_RUN_NOWAIT);
  server.peer(0).Reset();
  const auto get = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(set), "+OK");
  EXPECT_EQ(Told(get), "$value of a");
  EXPECT_TRUE(server.received()[server.received().size() - 2].words[2] == large);
}

TEST_F(ConnectionRecoveryTest, ABrokenIdleConnectionIsReplacedToo) {
  ASSERT_TRUE(OpenUntilReady());
  server.DropPeers();
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  EXPECT_EQ(observer.Count("system ECONNRESET"), 1U);
}

TEST_F(ConnectionRecoveryTest, ThingsGoOnAfterManyBreaks) {
  server.on_command = [](Peer& peer, const Words& words) {
    if (words[0] == "GET" && peer.number() % 2 == 0) {
      peer.Close();
    } else {
      peer.Send(HarmlessAnswer(words));
    }
  };
  ASSERT_TRUE(OpenUntilReady());
  for (std::size_t round = 1; round <= 20; ++round) {
    Submit({"GET", "a"});
    ASSERT_TRUE(RunUntilTold(round));
    server.DropPeers();
    ASSERT_TRUE(RunUntil([&] { return state() != State::kReady; }));
    ASSERT_TRUE(RunUntilReady());
  }
  EXPECT_EQ(Told(20), "$value of a");
}

TEST_F(ConnectionRecoveryTest, AServerThatAcceptsAndDropsIsLeftAloneMoreAndMore) {
  ExpectPatience();
}

TEST_F(ConnectionRecoveryTest, SoItIsIfThereIsNothingElseToSayToIt) {
  options.client_name = "";
  ExpectPatience();
}

TEST_F(ConnectionRecoveryTest, AnOutageIsToldOnceWhenItHasLasted) {
  options.disconnect_after = milliseconds(20);
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  ASSERT_TRUE(RunUntil([&] { return observer.Count("outage") == 1; }));
  RunFor(milliseconds(40));
  EXPECT_EQ(observer.Count("outage"), 1U);
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntilReady());
  RunFor(milliseconds(40));
  EXPECT_EQ(observer.Count("outage"), 1U);
  server.Shut();
  ASSERT_TRUE(RunUntil([&] { return observer.Count("outage") == 2; }));
}

TEST_F(ConnectionRecoveryTest, NorIsALoopThatWasHeldWhileTheServerAnswered) {
  options.disconnect_after = milliseconds(100);
  bool answered = false;
  server.on_command = [&](Peer& peer, const Words& words) {
    peer.Send(HarmlessAnswer(words));
    answered = answered || words[0] == "PING";
  };
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  ASSERT_TRUE(RunUntil([&] { return answered; }));
  ASSERT_NE(state(), Connection::State::kReady);
  // As JavaScript does that computes.
  std::this_thread::sleep_for(options.disconnect_after * 2);
  ASSERT_TRUE(RunUntilReady());
  EXPECT_EQ(observer.Count("outage"), 0U);
}

TEST_F(ConnectionRecoveryTest, AShortBreakIsNoOutage) {
  options.disconnect_after = milliseconds(200);
  ASSERT_TRUE(OpenUntilReady());
  server.DropPeers();
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  RunFor(milliseconds(250));
  EXPECT_EQ(observer.Count("outage"), 0U);
}

}  // namespace
}  // namespace connect_hiredis::test
