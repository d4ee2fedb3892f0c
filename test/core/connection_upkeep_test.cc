// Idle connections are asked whether they still stand, and nobody notices.
#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

using State = Connection::State;
using Events = std::vector<std::string>;

class ConnectionUpkeepTest : public ConnectionTest {
 protected:
  ConnectionUpkeepTest() { options.ping_interval = milliseconds(20); }

  // From the first PING after the handshake on, the first connection answers nothing.
  void StallAtPing() {
    server.on_command = [this](Peer& peer, const Words& words) {
      const bool first = peer.number() == 0;
      if (first && words[0] == "PING") ++pings_;
      if (!first || pings_ < 2) peer.Send(HarmlessAnswer(words));
    };
  }
  bool OpenUntilStalled() {
    StallAtPing();
    return OpenUntilReady() && RunUntil([this] { return pings_ == 2; });
  }

 private:
  int pings_ = 0;
};

TEST_F(ConnectionUpkeepTest, AnIdleConnectionIsAskedAgainAndAgain) {
  ASSERT_TRUE(OpenUntilReady());
  const auto begin = Now();
  ASSERT_TRUE(RunUntil([&] { return server.Count("PING") >= 5; })) << "one is the handshake's";
  EXPECT_GE(Now() - begin, 3 * options.ping_interval);
  EXPECT_EQ(observer.events, (Events{"connected", "ready"}));
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionUpkeepTest, WithoutAnIntervalItIsNot) {
  options.ping_interval = milliseconds(0);
  ASSERT_TRUE(OpenUntilReady());
  RunFor(milliseconds(50));
  EXPECT_EQ(server.Count("PING"), 1U);
}

TEST_F(ConnectionUpkeepTest, AConnectionWithTrafficIsNotAsked) {
  options.ping_interval = milliseconds(1000);
  ASSERT_TRUE(OpenUntilReady());
  const auto end = Now() + options.ping_interval * 3 / 2;
  for (std::size_t commands = 1; Now() < end; ++commands) {
    Submit({"GET", "a"});
    ASSERT_TRUE(RunUntilTold(commands));
    RunFor(milliseconds(20));
  }
  EXPECT_EQ(server.Count("PING"), 1U);
  ASSERT_TRUE(RunUntil([&] { return server.Count("PING") == 2; })) << "idle again";
}

TEST_F(ConnectionUpkeepTest, AConnectionOnWhichSomebodyWaitsForAnAnswerIsNotAsked) {
  server.on_command = [](Peer& peer, const Words& words) {
    if (words[0] != "GET") peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "a"});
  RunFor(5 * options.ping_interval);
  EXPECT_EQ(server.Count("PING"), 1U);
}

TEST_F(ConnectionUpkeepTest, AServerThatDoesNotAnswerItInTimeIsLeft) {
  options.command_timeout = milliseconds(200);
  StallAtPing();
  ASSERT_TRUE(OpenUntilReady());
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  EXPECT_EQ(observer.events, (Events{"connected", "ready", "timeout", "connected", "ready"}));
  EXPECT_EQ(observer.errors[0].message,
            "Redis answered nothing for 200 ms: the connection is replaced");
  ASSERT_TRUE(RunUntil([&] { return server.Count("PING") >= 5; })) << "the next is asked, too";
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(ConnectionUpkeepTest, WhatWasAskedMeanwhileIsAskedOfTheNext) {
  options.command_timeout = milliseconds(400);
  ASSERT_TRUE(OpenUntilStalled());
  RunFor(milliseconds(200));
  const auto first = Submit({"GET", "a"});
  const auto next = Submit({"GET", "b"});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(handler.order, (std::vector{first, next}));
  EXPECT_EQ(Told(first), "$value of a");
  EXPECT_EQ(Told(next), "$value of b");
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(ConnectionUpkeepTest, AnErrorIsAnAnswerToo) {
  server.on_command = [this](Peer& peer, const Words& words) {
    const bool own = words[0] == "PING" && server.Count("PING") > 1;
    peer.Send(own ? Refusal("NOPERM No.") : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  ASSERT_TRUE(RunUntil([&] { return server.Count("PING") >= 4; }));
  EXPECT_EQ(observer.events, (Events{"connected", "ready"}));
}

TEST_F(ConnectionUpkeepTest, ButWhatIsNoAnswerToItReplacesTheConnection) {
  server.on_command = [this](Peer& peer, const Words& words) {
    const bool own = words[0] == "PING" && server.Count("PING") == 2;
    peer.Send(own ? Bulk("another's session") : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  EXPECT_EQ(observer.Count("protocol"), 1U);
}

TEST_F(ConnectionUpkeepTest, AServerThatIsNoLongerTheOneToAskSaysSoToIt) {
  server.on_command = [this](Peer& peer, const Words& words) {
    const bool own = words[0] == "PING" && server.Count("PING") == 2;
    peer.Send(own ? Refusal("MASTERDOWN Link with MASTER is down.") : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  EXPECT_EQ(observer.Count("reply MASTERDOWN"), 1U);
}

TEST_F(ConnectionUpkeepTest, AfterABreakWhileItIsOutTheNextConnectionIsAsked) {
  ASSERT_TRUE(OpenUntilStalled());
  server.DropPeers();
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  const std::size_t before = server.Count("PING");
  ASSERT_TRUE(RunUntil([&] { return server.Count("PING") >= before + 2; }));
  EXPECT_EQ(observer.Count("timeout"), 0U);
}

TEST_F(ConnectionUpkeepTest, WithoutAConnectionNobodyIsAsked) {
  options.ping_interval = milliseconds(100);
  ASSERT_TRUE(OpenUntilReady());
  server.Shut();
  RunFor(3 * options.ping_interval);
  EXPECT_EQ(connection->statistics().waiting, 0U);
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  const std::size_t before = server.Count("PING");
  ASSERT_TRUE(RunUntil([&] { return server.Count("PING") >= before + 2; }));
}

// ---- Nobody waits for it ----

TEST_F(ConnectionUpkeepTest, ItKeepsNoLoopAlive) {
  options.keep_alive = false;
  server.Unref();
  ASSERT_TRUE(OpenUntilStalled());
  EXPECT_TRUE(RunToTheEnd(milliseconds(2000)));
}

TEST_F(ConnectionUpkeepTest, CommandsBesideItDo) {
  options.keep_alive = false;
  server.Unref();
  ASSERT_TRUE(OpenUntilStalled());
  const auto tag = Submit({"GET", "a"});
  EXPECT_FALSE(RunToTheEnd(milliseconds(100)));
  server.peer(0).Send(Simple("PONG") + Bulk("a"));
  EXPECT_TRUE(RunToTheEnd(kBound));
  EXPECT_EQ(Told(tag), "$a");
}

TEST_F(ConnectionUpkeepTest, AConnectionThatIsToKeepTheLoopAliveDoesSoAfterItToo) {
  server.Unref();
  ASSERT_TRUE(OpenUntilReady());
  ASSERT_TRUE(RunUntil([&] { return server.Count("PING") >= 3; }));
  EXPECT_FALSE(RunToTheEnd(milliseconds(100)));
}

TEST_F(ConnectionUpkeepTest, CloseWaitsForItsAnswerAtMost) {
  ASSERT_TRUE(OpenUntilStalled());
  connection->Close();
  EXPECT_EQ(state(), State::kClosing);
  server.peer(0).Send(Simple("PONG"));
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_TRUE(observer.errors.empty());
}

TEST_F(ConnectionUpkeepTest, OrForItsDeadline) {
  options.command_timeout = milliseconds(200);
  ASSERT_TRUE(OpenUntilStalled());
  connection->Close();
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_TRUE(observer.errors.empty());
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionUpkeepTest, OrForTheEndOfTheConnection) {
  ASSERT_TRUE(OpenUntilStalled());
  connection->Close();
  server.DropPeers();
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionUpkeepTest, AnAbortDoesNotWait) {
  ASSERT_TRUE(OpenUntilStalled());
  connection->Abort();
  ASSERT_TRUE(RunUntilClosed());
}

}  // namespace
}  // namespace connect_hiredis::test
