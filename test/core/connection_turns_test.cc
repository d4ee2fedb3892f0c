// What one wake-up of the loop brought is told, then its end; until then all of it can be read.
#include <gtest/gtest.h>

#include "session/operations.h"
#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

class ConnectionTurnsTest : public ConnectionTest {
 protected:
  // Asks for a value, and reads it at the end of the turn that brought it, as the binding does.
  // Whatever else that turn brought: the memory must still be there (AddressSanitizer looks).
  void ExpectReadable(const std::string& value, bool close_meanwhile = false) {
    RecordingSink sink;
    Operations operations(connection.get(), &sink);
    std::string read;
    observer.on_turn_end = [&] {
      for (const std::string_view view : sink.views) read.assign(view);
      sink.views.clear();
    };
    ASSERT_EQ(operations.Get(1, "", "a"), Admission::kAccepted);
    if (close_meanwhile) connection->Close();
    ASSERT_TRUE(RunUntil([&] { return !read.empty(); }));
    EXPECT_TRUE(read == value);
    observer.on_turn_end = [] {};
  }

  // On the first connection, `answer` follows the handshake.
  void AnswerOnce(std::string answer) {
    server.on_command = [answer = std::move(answer)](Peer& peer, const Words& words) {
      if (peer.number() > 0 || IsHandshake(words)) {
        peer.Send(HarmlessAnswer(words));
      } else if (words[0] == "PTTL") {
        peer.Send(answer);
      }
    };
  }
};

TEST_F(ConnectionTurnsTest, RepliesThatComeTogetherEndInOneTurn) {
  Peer* peer = nullptr;
  std::string answers;
  server.on_command = [&](Peer& asked, const Words& words) {
    peer = &asked;
    if (IsHandshake(words)) asked.Send(HarmlessAnswer(words));
    answers += IsHandshake(words) ? "" : HarmlessAnswer(words);
  };
  ASSERT_TRUE(OpenUntilReady());
  for (int number = 0; number < 500; ++number) Submit({"GET", std::to_string(number)});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 500; }));
  std::vector<std::size_t> told;
  observer.on_turn_end = [&] {
    if (told.empty() || told.back() != handler.count()) told.push_back(handler.count());
  };
  peer->Send(answers);
  ASSERT_TRUE(RunUntilTold(500));
  EXPECT_EQ(told.back(), 500U);
  EXPECT_LE(told.size(), 2U);
  observer.on_turn_end = [] {};
}

TEST_F(ConnectionTurnsTest, WhateverIsToldTheEndOfATurnFollowsBeforeTheLoopWaits) {
  options.command_timeout = milliseconds(40);
  options.disconnect_after = milliseconds(20);
  std::size_t ended = 0;
  const auto all = [&] { return handler.count() + observer.events.size(); };
  observer.on_turn_end = [&] { ended = all(); };
  ASSERT_TRUE(server.ListenOnTcp());
  server.on_command = [](Peer& peer, const Words& words) {
    if (words.back() != "late") peer.Send(HarmlessAnswer(words));
  };
  Open();
  Submit({"GET", "a"});
  Submit({"GET", "late"});
  bool missed = false;
  const auto step = [&] { return (missed = missed || ended != all()); };
  EXPECT_FALSE(RunUntil([&] { return step() || handler.count() == 2; }) && missed);
  server.Shut();
  EXPECT_FALSE(RunUntil([&] { return step() || observer.Count("outage") > 0; }) && missed);
  observer.on_turn_end = [] {};
}

TEST_F(ConnectionTurnsTest, AValueCanBeReadAtTheEndOfItsTurn) {
  AnswerOnce(Bulk("value") + Integer(1));
  ASSERT_TRUE(OpenUntilReady());
  ExpectReadable("value");
}

TEST_F(ConnectionTurnsTest, AValueOfManyReadsToo) {
  const std::string large(3'000'000, 'x');
  AnswerOnce(Bulk(large) + Integer(1));
  ASSERT_TRUE(OpenUntilReady());
  ExpectReadable(large);
}

TEST_F(ConnectionTurnsTest, AlsoIfItsTimeToLiveComesLater) {
  AnswerOnce(Bulk(std::string(1000, 'v')));
  ASSERT_TRUE(OpenUntilReady());
  RecordingSink sink;
  Operations operations(connection.get(), &sink);
  ASSERT_EQ(operations.Get(1, "", "a"), Admission::kAccepted);
  ASSERT_TRUE(RunUntil([&] { return server.Count("PTTL") == 1; }));
  RunFor(milliseconds(2));
  server.peer(0).SendByteByByte(Integer(77));
  ASSERT_TRUE(RunUntil([&] { return sink.count() == 1; }));
  EXPECT_EQ(sink.Told(1), "value '" + std::string(1000, 'v') + "' 77");
}

TEST_F(ConnectionTurnsTest, AlsoIfItIsTheLastReplyThatCloseWaitedFor) {
  AnswerOnce(Bulk("value") + Integer(1));
  ASSERT_TRUE(OpenUntilReady());
  ExpectReadable("value", true);
  ASSERT_TRUE(RunUntilClosed());
}

TEST_F(ConnectionTurnsTest, AlsoIfGarbageFollows) {
  AnswerOnce(Bulk("value") + Integer(1) + "garbage\r\n");
  ASSERT_TRUE(OpenUntilReady());
  ExpectReadable("value");
  EXPECT_EQ(observer.Count("protocol"), 1U);
}

TEST_F(ConnectionTurnsTest, AlsoIfASurplusReplyFollows) {
  AnswerOnce(Bulk("value") + Integer(1) + Integer(2));
  ASSERT_TRUE(OpenUntilReady());
  ExpectReadable("value");
  EXPECT_EQ(observer.Count("protocol"), 1U);
}

TEST_F(ConnectionTurnsTest, AlsoIfTheServerHangsUp) {
  ASSERT_TRUE(OpenUntilReady());
  server.on_command = [](Peer& peer, const Words& words) {
    if (words[0] == "PTTL") {
      peer.Send(Bulk("value") + Integer(1));
      peer.Close();
    }
  };
  ExpectReadable("value");
}

TEST_F(ConnectionTurnsTest, AlsoIfTheServerDiesWithUnreadInput) {
  ASSERT_TRUE(OpenUntilReady());
  server.on_command = [](Peer& peer, const Words& words) {
    if (words[0] == "GET") peer.Send(Bulk("value") + Integer(1));
    if (words[0] == "PTTL" && peer.number() == 0) peer.Reset();
    if (IsHandshake(words)) peer.Send(HarmlessAnswer(words));
  };
  RecordingSink sink;
  Operations operations(connection.get(), &sink);
  observer.on_turn_end = [&] {
    for (const std::string_view view : sink.views) EXPECT_EQ(std::string(view), "value");
    sink.views.clear();
  };
  ASSERT_EQ(operations.Get(1, "", "a"), Admission::kAccepted);
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2 || sink.count() > 0; }));
  connection->Abort();
  ASSERT_TRUE(RunUntilClosed());
  observer.on_turn_end = [] {};
}

}  // namespace
}  // namespace connect_hiredis::test
