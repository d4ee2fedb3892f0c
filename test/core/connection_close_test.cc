// The end of a connection, in every state.
#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

using State = Connection::State;

class ConnectionCloseTest : public ConnectionTest {
 protected:
  // Answers the handshake and nothing else.
  void StallCommands() {
    server.on_command = [](Peer& peer, const Words& words) {
      if (IsHandshake(words)) peer.Send(HarmlessAnswer(words));
    };
  }
};

TEST_F(ConnectionCloseTest, CloseWaitsForRepliesThatAreUnderWay) {
  StallCommands();
  ASSERT_TRUE(OpenUntilReady());
  const auto first = Submit({"GET", "a"});
  const auto second = Submit({"GET", "b"});
  connection->Close();
  EXPECT_EQ(state(), State::kClosing);
  EXPECT_EQ(connection->Admit({}), Admission::kClosed);
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 2; }));
  server.peer(0).Send(Bulk("1"));
  ASSERT_TRUE(RunUntilTold(1));
  RunFor(milliseconds(5));
  EXPECT_EQ(observer.closed, 0U);
  server.peer(0).Send(Bulk("2"));
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(Told(first), "$1");
  EXPECT_EQ(Told(second), "$2");
  EXPECT_TRUE(observer.errors.empty());
}

TEST_F(ConnectionCloseTest, CloseOfAnIdleConnectionIsSeenByTheServer) {
  ASSERT_TRUE(OpenUntilReady());
  connection->Close();
  EXPECT_EQ(observer.closed, 0U) << "never inside Close once it was open";
  ASSERT_TRUE(RunUntilClosed());
  ASSERT_TRUE(RunUntil([&] { return !server.peer(0).open(); }));
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionCloseTest, CloseFailsWhatWaitsForAConnection) {
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  const auto tag = Submit({"GET", "a"});
  connection->Close();
  EXPECT_EQ(Told(tag), "closed");
  ASSERT_TRUE(RunUntilClosed());
}

TEST_F(ConnectionCloseTest, CloseEndsWithTheDeadlinesIfTheServerAnswersNothing) {
  options.command_timeout = milliseconds(30);
  StallCommands();
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  connection->Close();
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(Told(tag), "timeout");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionCloseTest, ABreakWhileClosingFailsTheRest) {
  StallCommands();
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 1; }));
  connection->Close();
  server.DropPeers();
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(Told(tag), "closed");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionCloseTest, ASecondCloseAndAnAbortChangeNothing) {
  ASSERT_TRUE(OpenUntilReady());
  connection->Close();
  connection->Close();
  connection->Abort();
  ASSERT_TRUE(RunUntilClosed());
  connection->Close();
  connection->Abort();
  RunFor(milliseconds(2));
  EXPECT_EQ(observer.closed, 1U);
}

TEST_F(ConnectionCloseTest, AnAbortDoesNotWaitForWhatCloseWaitsFor) {
  StallCommands();
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 1; }));
  connection->Close();
  connection->Abort();
  EXPECT_EQ(Told(tag), "closed");
  ASSERT_TRUE(RunUntilClosed());
}

TEST_F(ConnectionCloseTest, AConnectionThatWasNeverOpenedNeedNotBeClosed) { Create(); }

TEST_F(ConnectionCloseTest, AConnectionThatWasNeverOpenedMayBeClosed) {
  Create().Close();
  EXPECT_EQ(observer.closed, 1U);
}

TEST_F(ConnectionCloseTest, TheConnectionMayBeDestroyedOnceItIsClosed) {
  ASSERT_TRUE(OpenUntilReady());
  observer.on_closed = [&] { connection.reset(); };
  connection->Close();
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(connection, nullptr);
}

TEST_F(ConnectionCloseTest, CloseFromTheTurnInWhichItBecomesReady) {
  observer.on_turn_end = [&] {
    if (observer.Count("ready") > 0) connection->Close();
  };
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(Told(tag), "$value of a") << "it was sent in that turn";
}

// ---- Abort at each step ----

// What a life with everything in it looks like: a lookup, a handshake, commands of which some
// are half answered, a break, a wait, a second connection, a Close.
class AbortedLife : public ConnectionCloseTest {
 public:
  void TestBody() override {}
  using ConnectionCloseTest::TearDown;

  // Aborts at the end of that turn; false if the life was over before.
  bool LiveUntilTurn(std::size_t turn) {
    options.host = "localhost";
    options.backoff_min = options.backoff_max = milliseconds(1);
    server.on_command = [](Peer& peer, const Words& words) {
      if (peer.number() > 0 || words[0] != "PTTL") peer.Send(HarmlessAnswer(words));
      if (peer.number() == 0 && words[0] == "PTTL") peer.SendByteByByte("$3\r\n");
      if (peer.number() == 0 && words[0] == "DEL") peer.Close();
    };
    EXPECT_TRUE(server.ListenOnTcp());
    bool aborted = false;
    observer.on_turn_end = [&, turn] {
      if (observer.turns == turn) {
        aborted = true;
        connection->Abort();
        EXPECT_EQ(connection->Admit({}), Admission::kClosed);
      } else if (observer.turns == 2 || observer.Count("ready") == 2) {
        if (connection->Admit({}) != Admission::kAccepted) return;
        SubmitTogether({{"GET", "a"}, {"PTTL", "a"}});
        Submit({"DEL", "a"});
        if (observer.Count("ready") == 2) connection->Close();
      }
    };
    Open();
    EXPECT_TRUE(RunUntilClosed());
    return aborted;
  }
};

TEST(AbortedConnection, AtTheEndOfEachTurnEverythingIsToldOnceAndNothingIsLeft) {
  std::size_t turn = 1;
  for (bool aborted = true; aborted; ++turn) {
    SCOPED_TRACE("aborted in turn " + std::to_string(turn));
    ASSERT_LT(turn, 1000U);
    AbortedLife life;
    aborted = life.LiveUntilTurn(turn);
    life.TearDown();
  }
  EXPECT_GT(turn, 10U);
}

class AbortedState : public ConnectionCloseTest, public ::testing::WithParamInterface<State> {};

TEST_P(AbortedState, ACommandIsToldAtOnceAndNothingIsLeft) {
  options.host = "localhost";
  server.on_command = [](Peer& peer, const Words& words) {
    if (peer.number() == 0 && IsHandshake(words)) peer.Send(HarmlessAnswer(words));
    if (words[0] == "DEL") peer.Close();
  };
  ASSERT_TRUE(server.ListenOnTcp());
  if (GetParam() == State::kBackoff) server.StopListening();
  Open();
  const auto tag = Submit({"GET", "a"});
  if (GetParam() == State::kClosing) {
    ASSERT_TRUE(RunUntil([&] { return state() == State::kReady; }));
    connection->Close();
  }
  ASSERT_TRUE(RunUntil([&] { return state() == GetParam(); }));
  connection->Abort();
  EXPECT_EQ(state(), State::kClosing);
  EXPECT_EQ(Told(tag), "closed");
  EXPECT_EQ(observer.closed, 0U);
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(state(), State::kClosed);
}

INSTANTIATE_TEST_SUITE_P(ConnectionCloseTest, AbortedState,
                         ::testing::Values(State::kResolving, State::kConnecting,
                                           State::kHandshaking, State::kReady, State::kBackoff,
                                           State::kClosing),
                         [](const auto& info) { return std::string(NameOf(info.param)); });

}  // namespace
}  // namespace connect_hiredis::test
