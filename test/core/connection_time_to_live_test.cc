// A session's time goes on while its command waits for a connection.
#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

constexpr milliseconds kWait{30};

class ConnectionTimeToLiveTest : public ConnectionTest {
 protected:
  // The last argument of the last command of this name, as a number.
  long long LastArgument(std::string_view name) {
    long long last = -1;
    for (const auto& command : server.received()) {
      if (command.words[0] == name) last = std::stoll(command.words.back());
    }
    return last;
  }
};

TEST_F(ConnectionTimeToLiveTest, WithoutAWaitItIsSentAsItIs) {
  ASSERT_TRUE(OpenUntilReady());
  SubmitWithTimeToLive({"SET", "a", "value", "PX", "5000"});
  SubmitWithTimeToLive({"PEXPIRE", "a", "6000"});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(LastArgument("SET"), 5000);
  EXPECT_EQ(LastArgument("PEXPIRE"), 6000);
}

TEST_F(ConnectionTimeToLiveTest, TheWaitForAConnectionShortensIt) {
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  const auto begin = Now();
  const auto set = SubmitWithTimeToLive({"SET", "a", "value", "PX", "100000"});
  SubmitWithTimeToLive({"PEXPIRE", "a", "90000"});
  RunFor(kWait);
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntilTold(2));
  const auto waited = std::chrono::duration_cast<milliseconds>(Now() - begin).count();
  EXPECT_EQ(Told(set), "+OK");
  EXPECT_LE(LastArgument("SET"), 100'000 - kWait.count());
  EXPECT_GE(LastArgument("SET"), 100'000 - waited - 1);
  EXPECT_LE(LastArgument("PEXPIRE"), 90'000 - kWait.count());
  EXPECT_GE(LastArgument("PEXPIRE"), 90'000 - waited - 1);
}

TEST_F(ConnectionTimeToLiveTest, ABreakShortensItAndTheRestOfTheCommandStays) {
  server.on_command = [](Peer& peer, const Words& words) {
    if (peer.number() > 0 || IsHandshake(words)) peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  SubmitWithTimeToLive({"SET", "a", "va\r\nlue", "XX", "PX", "10000"});
  RunFor(kWait);
  server.DropPeers();
  ASSERT_TRUE(RunUntilTold(1));
  ASSERT_EQ(server.Count("SET"), 2U);
  Words again = server.received().back().words;
  EXPECT_LE(std::stoll(again.back()), 10'000 - kWait.count());
  EXPECT_GT(std::stoll(again.back()), 1);
  again.back() = "10000";
  EXPECT_EQ(again, (Words{"SET", "a", "va\r\nlue", "XX", "PX", "10000"}));
}

TEST_F(ConnectionTimeToLiveTest, WhatHasRunOutMeanwhileIsTheShortestThatRedisTakes) {
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  SubmitWithTimeToLive({"SET", "a", "value", "PX", "5"});
  RunFor(kWait);
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(LastArgument("SET"), 1);
}

TEST_F(ConnectionTimeToLiveTest, ACommandWithoutOneIsSentAgainAsItWas) {
  server.on_command = [](Peer& peer, const Words& words) {
    if (peer.number() > 0 || words[0] != "MSET") peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  // The second takes the memory of the first.
  SubmitWithTimeToLive({"PEXPIRE", "a", "10000"});
  ASSERT_TRUE(RunUntilTold(1));
  Submit({"MSET", "a", "10000"});
  RunFor(kWait);
  server.DropPeers();
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(server.Count("MSET"), 2U);
  EXPECT_EQ(server.received().back().words, (Words{"MSET", "a", "10000"}));
}

}  // namespace
}  // namespace connect_hiredis::test
