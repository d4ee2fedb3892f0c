// What a connection counts, to the last byte.
#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

class ConnectionStatisticsTest : public ConnectionTest {
 protected:
  // A server that notes how many bytes it sends.
  void Answer(Peer& peer, const std::string& bytes) {
    sent_ += bytes.size();
    peer.Send(bytes);
  }

  [[nodiscard]] Statistics Counted() const { return connection->statistics(); }

  void ExpectBytes() {
    std::size_t received = 0;
    for (const auto& command : server.received()) received += CommandOf(command.words).size();
    EXPECT_EQ(Counted().bytes_sent, received);
    EXPECT_EQ(Counted().bytes_received, sent_);
  }

  std::size_t sent_ = 0;
};

TEST_F(ConnectionStatisticsTest, BeforeItIsOpenEverythingIsZero) {
  Create();
  const Statistics counted = Counted();
  EXPECT_EQ(counted.commands + counted.replies + counted.timeouts + counted.connections, 0U);
  EXPECT_EQ(counted.bytes_sent + counted.bytes_received, 0U);
  EXPECT_EQ(counted.waiting + counted.in_flight, 0U);
}

TEST_F(ConnectionStatisticsTest, AHandshakeIsCountedInBytesAlone) {
  server.on_command = [this](Peer& peer, const Words& words) {
    Answer(peer, HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  EXPECT_EQ(Counted().commands, 0U);
  EXPECT_EQ(Counted().replies, 0U);
  EXPECT_EQ(Counted().connections, 1U);
  ExpectBytes();
}

TEST_F(ConnectionStatisticsTest, AnExchangeWithABreakInTheMiddle) {
  server.on_command = [this](Peer& peer, const Words& words) {
    if (peer.number() == 0 && words[0] == "PTTL") {
      peer.Close();
    } else {
      Answer(peer, HarmlessAnswer(words));
    }
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "a"});
  EXPECT_EQ(Counted().in_flight, 1U);
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Counted().in_flight, 0U);
  SubmitTogether({{"GET", "b"}, {"PTTL", "b"}});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Counted().commands, 5U) << "one, and two that were sent twice";
  EXPECT_EQ(Counted().replies, 4U) << "the half answer of the first time included";
  EXPECT_EQ(Counted().connections, 2U);
  EXPECT_EQ(Counted().timeouts, 0U);
  EXPECT_EQ(Counted().waiting + Counted().in_flight, 0U);
  ExpectBytes();
}

TEST_F(ConnectionStatisticsTest, WhatWaitsForAConnectionIsNotInFlight) {
  server.on_command = [](Peer& peer, const Words& words) {
    if (words[0] != "GET") peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "a"});
  Submit({"GET", "b"});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 2; }));
  EXPECT_EQ(Counted().waiting, 0U);
  EXPECT_EQ(Counted().in_flight, 2U);
  server.Shut();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  SubmitTogether({{"GET", "c"}, {"PTTL", "c"}});
  EXPECT_EQ(Counted().waiting, 3U);
  EXPECT_EQ(Counted().in_flight, 0U);
  EXPECT_EQ(Counted().commands, 2U) << "what waits is not sent yet";
  connection->Abort();
  EXPECT_EQ(Counted().waiting, 0U);
}

TEST_F(ConnectionStatisticsTest, ATimeoutIsCountedOnceAndItsLateReplyAsAReply) {
  options.command_timeout = milliseconds(200);
  Peer* peer = nullptr;
  server.on_command = [&](Peer& asked, const Words& words) {
    peer = &asked;
    if (words[0] != "GET") Answer(asked, HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "a"});
  Submit({"GET", "b"});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 2; }));
  // Alive, but late.
  RunFor(milliseconds(100));
  Answer(*peer, Bulk("a"));
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Counted().timeouts, 1U);
  EXPECT_EQ(Counted().replies, 1U);
  EXPECT_EQ(Counted().in_flight, 0U);
  Answer(*peer, Bulk("late"));
  ASSERT_TRUE(RunUntil([&] { return Counted().replies == 2; }));
  EXPECT_EQ(Counted().timeouts, 1U);
  EXPECT_EQ(Counted().commands, 2U);
  EXPECT_EQ(Counted().connections, 1U);
  ExpectBytes();
}

TEST_F(ConnectionStatisticsTest, NewCredentialsAreCountedInBytesAlone) {
  options.asks_credentials = true;
  server.on_command = [this](Peer& peer, const Words& words) {
    Answer(peer, HarmlessAnswer(words));
  };
  observer.on_turn_end = [this] {
    if (observer.Count("credentials needed") == 1) {
      connection->ProvideCredentials({"user", "old", milliseconds(1)});
    }
  };
  ASSERT_TRUE(OpenUntilReady());
  ASSERT_TRUE(RunUntil([&] { return observer.Count("credentials needed") == 2; }));
  connection->ProvideCredentials({"user", "new", std::nullopt});
  ASSERT_TRUE(RunUntil([&] { return server.Count("AUTH") == 2; }));
  Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Counted().commands, 1U);
  EXPECT_EQ(Counted().replies, 1U);
  ExpectBytes();
}

TEST_F(ConnectionStatisticsTest, WhatItCountedIsThereAfterItIsClosed) {
  server.on_command = [this](Peer& peer, const Words& words) {
    Answer(peer, HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  Submit({"GET", "a"});
  connection->Close();
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(Counted().commands, 1U);
  EXPECT_EQ(Counted().replies, 1U);
  EXPECT_EQ(Counted().connections, 1U);
  ExpectBytes();
}

}  // namespace
}  // namespace connect_hiredis::test
