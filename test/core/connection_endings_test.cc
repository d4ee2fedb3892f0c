// What the server said before it closed the connection is heard, however the client notices.
#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

const std::string kFull = Refusal("ERR max number of clients reached");

class ConnectionEndingsTest : public ConnectionTest {
 protected:
  // The first connection ends with `answer` to DEL, in the middle of a turn of the client's, which
  // sends GET next.
  void EndWith(const std::string& answer) {
    server.on_command = [this, answer](Peer& peer, const Words& words) {
      if (words[0] != "DEL" || peer.number() > 0) {
        peer.Send(HarmlessAnswer(words));
        return;
      }
      peer.Send(answer);
      if (server.socket_path().empty()) {
        peer.Reset();
      } else {
        peer.Close();
      }
      get = Submit({"GET", "b"});
    };
    ASSERT_TRUE(OpenUntilReady());
    del = Submit({"DEL", "a"});
    ASSERT_TRUE(RunUntilTold(2));
    ASSERT_FALSE(observer.errors.empty());
    EXPECT_EQ(observer.errors[0].syscall, "write");
    EXPECT_EQ(Told(get), "$value of b");
  }

  std::uint64_t del = 0;
  std::uint64_t get = 0;
};

TEST_F(ConnectionEndingsTest, AnAnswerBeforeAFailedWriteCounts) {
  EndWith(Integer(1));
  EXPECT_EQ(Told(del), ":1");
  EXPECT_EQ(server.Count("DEL"), 1U);
}

TEST_F(ConnectionEndingsTest, SoItDoesOnAUnixSocket) {
  ASSERT_TRUE(server.ListenOnSocket());
  EndWith(Integer(1));
  EXPECT_EQ(Told(del), ":1");
  EXPECT_EQ(server.Count("DEL"), 1U);
}

TEST_F(ConnectionEndingsTest, HalfAnAnswerDoesNot) {
  EndWith(":1");
  EXPECT_EQ(Told(del), "+OK") << "of the second connection";
  EXPECT_EQ(server.Count("DEL"), 2U);
}

TEST_F(ConnectionEndingsTest, AWriteThatFailsBehindManyAnswersLosesNoneOfThem) {
  constexpr std::size_t kCount = 1000;
  std::string answers;
  server.on_command = [&](Peer& peer, const Words& words) {
    if (IsHandshake(words) || peer.number() > 0) {
      peer.Send(HarmlessAnswer(words));
      return;
    }
    answers += Integer(static_cast<std::int64_t>(server.Count("DEL")));
    if (server.Count("DEL") < kCount) return;
    peer.Send(answers);
    peer.Reset();
    Submit({"GET", "b"});
  };
  ASSERT_TRUE(OpenUntilReady());
  for (std::size_t number = 0; number < kCount; ++number) Submit({"DEL", std::to_string(number)});
  ASSERT_TRUE(RunUntilTold(kCount + 1));
  EXPECT_EQ(server.Count("DEL"), kCount);
  EXPECT_EQ(Told(kCount), ":" + std::to_string(kCount));
}

TEST_F(ConnectionEndingsTest, APeerThatReadsNoMoreButStaysIsHeardAndLeft) {
  ASSERT_TRUE(server.ListenOnSocket());
  server.on_command = [&](Peer& peer, const Words& words) {
    peer.Send(words[0] == "DEL" ? Integer(1) : HarmlessAnswer(words));
    if (words[0] != "DEL") return;
    peer.StopReading();
    get = Submit({"GET", "b"});
  };
  ASSERT_TRUE(OpenUntilReady());
  del = Submit({"DEL", "a"});
  ASSERT_TRUE(RunUntilTold(2)) << "nobody waits for an end that does not come";
  EXPECT_EQ(Told(del), ":1");
  EXPECT_EQ(server.Count("DEL"), 1U);
  EXPECT_EQ(observer.errors.at(0).syscall, "write");
}

TEST_F(ConnectionEndingsTest, AServerThatRefusesAndResetsIsHeard) {
  server.on_connection = [](Peer& peer) {
    peer.Send(kFull);
    peer.Reset();
  };
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  EXPECT_EQ(observer.errors[0].message, "Redis replied: ERR max number of clients reached");
}

TEST_F(ConnectionEndingsTest, SoItIsWhenTheHandshakeCannotBeWrittenAnyMore) {
  options.asks_credentials = true;
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  ASSERT_TRUE(RunUntil([&] { return observer.Count("credentials needed") == 1; }));
  server.peer(0).Send(kFull);
  server.peer(0).Reset();
  connection->ProvideCredentials({"user", "secret", std::nullopt});
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  EXPECT_EQ(observer.errors[0].message, "Redis replied: ERR max number of clients reached");
}

}  // namespace
}  // namespace connect_hiredis::test
