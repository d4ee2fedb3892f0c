// Servers that take a connection and are of no use: what is tried next, and what is told.
#include <gtest/gtest.h>

#include "support/two_addresses_test.h"

namespace connect_hiredis::test {
namespace {

constexpr const char* kLoading = "LOADING Redis is loading the dataset in memory";
constexpr const char* kWrongPassword = "WRONGPASS invalid username-password pair";

// What a server answers to all that it is asked.
std::function<void(Peer&, const Words&)> Says(const std::string& reply) {
  return [reply](Peer& peer, const Words&) { peer.Send(reply); };
}

class ConnectionAttemptsTest : public TwoAddressesTest {
 protected:
  // The first fails; nobody has to know.
  void ExpectTheSecondServes() {
    Open();
    const auto tag = Submit({"GET", "a"});
    ASSERT_TRUE(RunUntilTold(1));
    EXPECT_EQ(Told(tag), "$value of a");
    EXPECT_EQ(server.connections(), 1U);
    EXPECT_EQ(second.connections(), 1U);
    EXPECT_TRUE(observer.errors.empty());
    EXPECT_EQ(observer.events, (std::vector<std::string>{"connected", "connected", "ready"}));
  }

  void ExpectError(const std::string& described) {
    Open();
    ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
    EXPECT_EQ(Describe(observer.errors[0]), described);
    EXPECT_EQ(observer.Count("ready"), 0U);
  }
};

TEST_F(ConnectionAttemptsTest, AfterGarbageTheNextAddressIsTried) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  server.on_command = Says("HTTP/1.1 400 Bad Request\r\n\r\n");
  ExpectTheSecondServes();
}

TEST_F(ConnectionAttemptsTest, AfterAnEchoTheNextAddressIsTried) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  server.on_command = Says(CommandOf({"PING"}));
  ExpectTheSecondServes();
}

TEST_F(ConnectionAttemptsTest, AfterAServerThatIsNotReadyTheNextAddressIsTried) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  server.on_command = Says(Refusal(kLoading));
  ExpectTheSecondServes();
}

TEST_F(ConnectionAttemptsTest, AfterAServerWithoutRoomTheNextAddressIsTried) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  server.on_connection = [](Peer& peer) {
    peer.Send(Refusal("ERR max number of clients reached"));
    peer.Close();
  };
  Open();
  ASSERT_TRUE(RunUntilReady());
  EXPECT_EQ(second.connections(), 1U);
  EXPECT_TRUE(observer.errors.empty());
}

TEST_F(ConnectionAttemptsTest, AfterAServerThatHangsUpTheNextAddressIsTried) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  server.on_command = [](Peer& peer, const Words&) { peer.Close(); };
  ExpectTheSecondServes();
}

TEST_F(ConnectionAttemptsTest, AServerThatSaysNothingTakesOnlyItsShareOfTheTime) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  options.connect_timeout = milliseconds(600);
  server.on_command = Says("");
  const auto begin = Now();
  ExpectTheSecondServes();
  EXPECT_GE(Now() - begin, milliseconds(290)) << "half of it was its own";
}

TEST_F(ConnectionAttemptsTest, IfNoneSaysAnythingAllOfThemTogetherTakeTheWholeTime) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  options.connect_timeout = milliseconds(200);
  options.backoff_min = options.backoff_max = milliseconds(600'000);
  server.on_command = Says("");
  second.on_command = Says("");
  const auto begin = Now();
  ExpectError("system ETIMEDOUT");
  EXPECT_GE(Now() - begin, milliseconds(190));
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(second.connections(), 1U);
}

TEST_F(ConnectionAttemptsTest, WhatOneAddressRefusesForGoodTheOtherIsNotAskedFor) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  options.password = "wrong";
  options.backoff_max = milliseconds(600'000);
  server.on_command = Says(Refusal(kWrongPassword));
  ExpectError("reply WRONGPASS");
  RunFor(milliseconds(30));
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(second.connections(), 0U);
}

TEST_F(ConnectionAttemptsTest, AServerThatIsNotReadyIsTriedAgainAtOrdinaryIntervals) {
  options.host = "127.0.0.1";
  options.backoff_max = milliseconds(600'000);
  server.on_command = [](Peer& peer, const Words& words) {
    const bool ready = peer.number() >= 6 || words[0] != "PING";
    const bool loading = peer.number() % 2 == 0;
    peer.Send(ready     ? HarmlessAnswer(words)
              : loading ? Refusal(kLoading)
                        : Refusal("MASTERDOWN Link with MASTER is down."));
  };
  ASSERT_TRUE(OpenUntilReady());
  EXPECT_EQ(observer.Count("connected"), 7U);
  EXPECT_EQ(observer.Count("ready"), 1U);
  EXPECT_EQ(observer.Count("reply LOADING"), 3U);
  EXPECT_EQ(observer.Count("reply MASTERDOWN"), 3U);
}

TEST_F(ConnectionAttemptsTest, WhatAServerSaidOutweighsThatAnotherAddressRefusedAfterIt) {
  if (!server.ListenOnTcp("::1")) GTEST_SKIP() << "this machine has no ::1";
  server.on_command = Says(Refusal(kLoading));
  ExpectError("reply LOADING");
}

TEST_F(ConnectionAttemptsTest, OrBeforeIt) {
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1"));
  server.on_command = Says(Refusal(kLoading));
  ExpectError("reply LOADING");
}

TEST_F(ConnectionAttemptsTest, OrThatItSaidNothing) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  options.connect_timeout = milliseconds(400);
  server.on_command = Says(Refusal(kLoading));
  second.on_command = Says("");
  ExpectError("reply LOADING");
  EXPECT_EQ(second.connections(), 1U);
}

TEST_F(ConnectionAttemptsTest, ButNotThatItRefusedForGood) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  options.password = "wrong";
  options.backoff_max = milliseconds(600'000);
  server.on_command = Says(Refusal(kLoading));
  second.on_command = Says(Refusal(kWrongPassword));
  ExpectError("reply WRONGPASS");
  RunFor(milliseconds(30));
  EXPECT_EQ(server.connections(), 1U) << "it is tried at the slow end of the backoff";
}

TEST_F(ConnectionAttemptsTest, WhatWasSaidInOneAttemptIsForgottenInTheNext) {
  if (!server.ListenOnTcp("::1")) GTEST_SKIP() << "this machine has no ::1";
  server.on_command = [&](Peer& peer, const Words&) {
    peer.Send(Refusal(kLoading));
    server.StopListening();
  };
  Open();
  ASSERT_TRUE(RunUntil([&] { return observer.errors.size() >= 2; }));
  EXPECT_EQ(Describe(observer.errors[0]), "reply LOADING");
  EXPECT_EQ(Describe(observer.errors[1]), "system ECONNREFUSED");
}

TEST_F(ConnectionAttemptsTest, AnAbortBetweenTwoAddressesEndsIt) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  server.on_command = [](Peer& peer, const Words&) { peer.Close(); };
  second.on_command = Says("");
  Open();
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntil([&] { return second.Count("PING") == 1; }));
  connection->Abort();
  EXPECT_EQ(Told(tag), "closed");
  ASSERT_TRUE(RunUntilClosed());
}

}  // namespace
}  // namespace connect_hiredis::test
