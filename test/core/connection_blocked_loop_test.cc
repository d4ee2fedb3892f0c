// JavaScript that holds the loop for longer than anything may take: what the server does meanwhile
// it does in time.
#include <gtest/gtest.h>

#include "support/names.h"
#include "support/two_addresses_test.h"

namespace connect_hiredis::test {
namespace {

constexpr milliseconds kConnectionBlockedLoopTimeout{150};

class ConnectionBlockedLoopTest : public TwoAddressesTest {
 protected:
  ConnectionBlockedLoopTest() {
    options.host = "127.0.0.1";
    options.command_timeout = kConnectionBlockedLoopTimeout;
    options.connect_timeout = kConnectionBlockedLoopTimeout;
    options.disconnect_after = kConnectionBlockedLoopTimeout;
  }

  // All that was submitted is answered over the first connection.
  void ExpectAnswers(std::size_t commands) {
    ASSERT_TRUE(RunUntilTold(commands));
    for (std::uint64_t tag = 1; tag <= commands; ++tag) EXPECT_EQ(Told(tag), "$value of a");
    EXPECT_EQ(observer.events, (std::vector<std::string>{"connected", "ready"}));
  }
};

TEST_F(ConnectionBlockedLoopTest, AConnectionMadeJustBeforeIsNotTooLate) {
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  for (int number = 0; number < 10; ++number) Submit({"GET", "a"});
  HoldLoop(kConnectionBlockedLoopTimeout * 2);
  ExpectAnswers(10);
}

TEST_F(ConnectionBlockedLoopTest, NorIsOneToAName) {
  ASSERT_TRUE(server.ListenOnTcp());
  options.host = "localhost";
  Open();
  Submit({"GET", "a"});
  HoldLoop(kConnectionBlockedLoopTimeout * 2);
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(1), "$value of a");
  EXPECT_TRUE(observer.errors.empty());
}

TEST_F(ConnectionBlockedLoopTest, NorAServerThatIsInTheMiddleOfTheHandshake) {
  server.on_command = [&](Peer& peer, const Words& words) {
    if (words[0] == "HELLO" || server.received().size() == 1)
      HoldLoop(kConnectionBlockedLoopTimeout * 2);
    peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  Submit({"GET", "a"});
  ExpectAnswers(1);
}

TEST_F(ConnectionBlockedLoopTest, AnAddressHasItsShareOfTheTime) {
  options.host = kNameOfTwoAddresses;
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  // The first is told nothing while its share, a half, runs out twice.
  server.on_connection = [](Peer&) { HoldLoop(kConnectionBlockedLoopTimeout); };
  Open();
  Submit({"GET", "a"});
  ExpectAnswers(1);
  EXPECT_EQ(second.connections(), 0U);
}

TEST_F(ConnectionBlockedLoopTest, WhatWasNotSentWhenItBeganHasItsTime) {
  ASSERT_TRUE(OpenUntilReady());
  for (int number = 0; number < 10; ++number) Submit({"GET", "a"});
  HoldLoop(kConnectionBlockedLoopTimeout * 2);
  for (int number = 0; number < 10; ++number) Submit({"GET", "a"});
  ExpectAnswers(20);
}

TEST_F(ConnectionBlockedLoopTest, WhatTakesManyTurnsToReadIsWaitedFor) {
  // Long enough for a busy machine to send a piece now and then.
  options.command_timeout = milliseconds(1000);
  options.disconnect_after = kBound;
  Peer* peer = nullptr;
  server.on_command = [&](Peer& asked, const Words& words) {
    if (words[0] != "GET") return asked.Send(HarmlessAnswer(words));
    peer = &asked;
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "large"});
  ASSERT_TRUE(RunUntil([&] { return peer != nullptr; }));
  constexpr std::size_t kLength = 2'000'000;
  peer->Send("$" + std::to_string(kLength) + "\r\n");
  std::size_t sent = 0;
  HoldLoop(milliseconds(1100));
  const Nanoseconds free = Now();
  // A byte in each turn, until its own time has run out.
  const bool told = RunUntil([&] {
    if (Now() - free < milliseconds(1300)) {
      peer->Send("x");
      ++sent;
    } else if (sent < kLength) {
      peer->Send(std::string(kLength - sent, 'x') + "\r\n");
      sent = kLength;
    }
    return handler.count() == 1;
  });
  ASSERT_TRUE(told);
  EXPECT_TRUE(Told(1) == "$" + std::string(kLength, 'x')) << Told(1).substr(0, 20);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionBlockedLoopTest, AServerThatSaysNothingAfterwardsIsLeft) {
  bool silent = true;
  server.on_command = [&](Peer& peer, const Words& words) {
    if (words[0] != "GET" || !silent) peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "a"});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 1; }));
  HoldLoop(kConnectionBlockedLoopTimeout * 2);
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(1), "timeout");
  silent = false;
  ASSERT_TRUE(RunUntil([&] { return server.connections() == 2; }));
}

TEST_F(ConnectionBlockedLoopTest, ALoopThatIsHeldInEachTurnPutsNothingOffForEver) {
  server.on_command = [&](Peer& peer, const Words& words) {
    if (words[0] != "GET") peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "a"});
  std::size_t turns = 0;
  const auto most = static_cast<std::size_t>(kConnectionBlockedLoopTimeout / BlockedTime::kTurn);
  ASSERT_TRUE(RunUntil([&] {
    HoldLoop(milliseconds(30));
    ++turns;
    return handler.count() == 1;
  }));
  EXPECT_EQ(Told(1), "timeout");
  // A few more for the timer.
  EXPECT_LE(turns, most + 5);
}

TEST_F(ConnectionBlockedLoopTest, AnApplicationThatWaitsElsewhereIsNotBlocked) {
  options.waits_in_loop = false;
  server.on_command = [&](Peer& peer, const Words& words) {
    if (words[0] != "GET") peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "a"});
  std::size_t turns = 0;
  ASSERT_TRUE(RunUntil([&] {
    // For its sockets.
    HoldLoop(milliseconds(50));
    ++turns;
    return handler.count() == 1;
  }));
  EXPECT_EQ(Told(1), "timeout");
  EXPECT_LE(turns, static_cast<std::size_t>(kConnectionBlockedLoopTimeout / milliseconds(50)) + 5);
}

TEST_F(ConnectionBlockedLoopTest, NoOutageIsReportedThatNobodyCouldSeeTheEndOf) {
  ASSERT_TRUE(OpenUntilReady());
  server.DropPeers();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  HoldLoop(kConnectionBlockedLoopTimeout * 2);
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
  EXPECT_EQ(observer.Count("outage"), 0U);
}

}  // namespace
}  // namespace connect_hiredis::test
