// From Open to ready: handshake, refusals, time limits.
#include <gtest/gtest.h>

#include "support/black_hole.h"
#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

using State = Connection::State;
using Events = std::vector<std::string>;

class ConnectionReadyTest : public ConnectionTest {};

TEST_F(ConnectionReadyTest, IsReadyAfterTheHandshake) {
  options.username = "user";
  options.password = "secret";
  options.database = 3;
  ASSERT_TRUE(server.ListenOnTcp());
  Create();
  EXPECT_EQ(state(), State::kIdle);
  connection->Open();
  EXPECT_EQ(state(), State::kConnecting);
  ASSERT_TRUE(RunUntil([&] { return state() == State::kHandshaking; }));
  EXPECT_EQ(observer.events, (Events{"connected"}));
  ASSERT_TRUE(RunUntilReady());
  EXPECT_EQ(observer.events, (Events{"connected", "ready"}));
  ASSERT_EQ(server.received().size(), 5U);
  EXPECT_EQ(server.received()[0].words, (Words{"AUTH", "user", "secret"}));
  EXPECT_EQ(server.received()[1].words, (Words{"SELECT", "3"}));
  EXPECT_EQ(server.received()[2].words, (Words{"CLIENT", "SETNAME", "tests"}));
  EXPECT_EQ(server.received()[3].words, (Words{"PING"}));
  EXPECT_EQ(server.received()[4].words, (Words{"CLIENT", "INFO"}));
  EXPECT_EQ(connection->last_error(), nullptr);
}

TEST_F(ConnectionReadyTest, CountsTheTimesAndTellsInWhichACommandIsGoingToBeSent) {
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  EXPECT_EQ(connection->epoch(), 0U);
  EXPECT_EQ(connection->sending_epoch(), 1U);
  ASSERT_TRUE(RunUntilReady());
  EXPECT_EQ(connection->epoch(), 1U);
  EXPECT_EQ(connection->sending_epoch(), 1U);
  server.Shut();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  EXPECT_EQ(connection->epoch(), 1U);
  EXPECT_EQ(connection->sending_epoch(), 2U);
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntilReady());
  EXPECT_EQ(connection->epoch(), 2U);
  EXPECT_EQ(connection->sending_epoch(), 2U);
}

TEST_F(ConnectionReadyTest, TheHandshakeIsOneWrite) {
  options.password = "secret";
  options.database = 3;
  ASSERT_TRUE(OpenUntilReady());
  for (const auto& command : server.received()) EXPECT_EQ(command.read, 0U);
}

TEST_F(ConnectionReadyTest, TheHandshakePrecedesWhatWaits) {
  options.password = "secret";
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  const auto first = Submit({"GET", "a"});
  const auto second = Submit({"GET", "b"});
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(first), "$value of a");
  EXPECT_EQ(Told(second), "$value of b");
  ASSERT_EQ(server.received().size(), 6U);
  EXPECT_EQ(server.received()[0].words[0], "AUTH");
  EXPECT_EQ(server.received()[1].words[0], "CLIENT");
  EXPECT_EQ(server.received()[2].words[0], "PING");
  EXPECT_EQ(server.received()[3].words, (Words{"CLIENT", "INFO"}));
  EXPECT_EQ(server.received()[4].words, (Words{"GET", "a"}));
  EXPECT_EQ(server.received()[5].words, (Words{"GET", "b"}));
}

TEST_F(ConnectionReadyTest, NothingIsSentBeforeTheHandshakeIsAnswered) {
  Peer* silent = nullptr;
  server.on_command = [&](Peer& peer, const Words& words) {
    if (IsHandshake(words)) {
      silent = &peer;
    } else {
      peer.Send(HarmlessAnswer(words));
    }
  };
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  ASSERT_TRUE(RunUntil([&] { return silent != nullptr; }));
  Submit({"GET", "a"});
  RunFor(milliseconds(5));
  EXPECT_EQ(server.received().size(), 3U);
  EXPECT_EQ(state(), State::kHandshaking);
  silent->Send(Simple("OK") + Simple("PONG") + Simple("OK"));
  ASSERT_TRUE(RunUntilTold(1));
}

TEST_F(ConnectionReadyTest, WithNothingElseToSayItPings) {
  options.client_name = "";
  ASSERT_TRUE(OpenUntilReady());
  EXPECT_EQ(observer.events, (Events{"connected", "ready"}));
  ASSERT_EQ(server.received().size(), 2U);
  EXPECT_EQ(server.received()[0].words, (Words{"PING"}));
  EXPECT_EQ(server.received()[1].words, (Words{"CLIENT", "INFO"}));
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
}

TEST_F(ConnectionReadyTest, TheHandshakesRepliesMayComeByteByByte) {
  options.password = "secret";
  options.database = 3;
  server.on_command = [](Peer& peer, const Words& words) {
    peer.SendByteByByte(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
}

TEST_F(ConnectionReadyTest, AWrongPasswordIsToldAndTriedAgainAfterTheLongestWait) {
  options.password = "wrong";
  options.backoff_max = milliseconds(600'000);
  server.on_command = [](Peer& peer, const Words& words) {
    peer.Send(words[0] == "AUTH" ? Refusal("WRONGPASS invalid username-password pair")
                                 : Refusal("NOAUTH Authentication required."));
  };
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  ASSERT_TRUE(RunUntil([&] { return state() == State::kBackoff; }));
  RunFor(milliseconds(30));
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(observer.events, (Events{"connected", "reply WRONGPASS"}));
  ASSERT_NE(connection->last_error(), nullptr);
  EXPECT_EQ(connection->last_error()->reply, "WRONGPASS");
}

TEST_F(ConnectionReadyTest, AServerThatRefusesAndHangsUpIsNotMistakenForABrokenOne) {
  options.password = "wrong";
  server.on_command = [](Peer& peer, const Words& words) {
    if (words[0] == "AUTH") {
      peer.Send(Refusal("WRONGPASS invalid username-password pair"));
      peer.Close();
    }
  };
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  EXPECT_EQ(Describe(observer.errors[0]), "reply WRONGPASS");
}

TEST_F(ConnectionReadyTest, AServerWithoutRoomIsTriedAgainUntilItHasSome) {
  server.on_command = [](Peer& peer, const Words& words) {
    if (peer.number() < 3) {
      peer.Send(Refusal("ERR max number of clients reached"));
      peer.Close();
    } else {
      peer.Send(HarmlessAnswer(words));
    }
  };
  ASSERT_TRUE(OpenUntilReady());
  EXPECT_EQ(observer.Count("reply ERR"), 3U);
  EXPECT_EQ(observer.Count("ready"), 1U);
}

TEST_F(ConnectionReadyTest, GarbageInsteadOfAHandshakeIsAProtocolError) {
  server.on_command = [](Peer& peer, const Words&) {
    peer.Send("HTTP/1.1 400 Bad Request\r\n\r\n");
  };
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  ASSERT_TRUE(RunUntil([&] { return observer.errors.size() >= 2; }));
  EXPECT_EQ(Describe(observer.errors[0]), "protocol");
  EXPECT_EQ(observer.Count("ready"), 0U);
}

TEST_F(ConnectionReadyTest, AHandshakeThatIsNeverAnsweredRunsOutOfTime) {
  options.connect_timeout = milliseconds(30);
  server.on_command = [](Peer&, const Words&) {};
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  const auto begin = Now();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  EXPECT_GE(Now() - begin, milliseconds(29));
  EXPECT_EQ(Describe(observer.errors[0]), "system ETIMEDOUT");
  EXPECT_EQ(observer.errors[0].syscall, "connect");
  EXPECT_TRUE(RunUntil([&] { return server.connections() >= 2; })) << "it is tried again";
}

TEST_F(ConnectionReadyTest, AnAddressThatNeverAnswersRunsOutOfTime) {
  BlackHole black_hole;
  options.port = black_hole.port();
  options.connect_timeout = milliseconds(30);
  Open();
  ASSERT_TRUE(RunUntil([&] { return observer.errors.size() >= 2; }));
  const Error& error = observer.errors[0];
  EXPECT_EQ(Describe(error), "system ETIMEDOUT");
  EXPECT_EQ(error.address, "127.0.0.1");
  EXPECT_EQ(error.port, black_hole.port());
  EXPECT_EQ(observer.Count("connected"), 0U);
}

TEST_F(ConnectionReadyTest, ASocketThatTakesNobodyIsTriedAgain) {
  BlackHoleSocket black_hole;
  options.socket_path = black_hole.path();
  Open();
  ASSERT_TRUE(RunUntil([&] { return observer.errors.size() >= 3; }));
  EXPECT_EQ(Describe(observer.errors[0]), "system EAGAIN");
  EXPECT_EQ(observer.errors[0].address, black_hole.path());
}

}  // namespace
}  // namespace connect_hiredis::test
