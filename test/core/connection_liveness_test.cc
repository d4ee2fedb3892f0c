// Whether a connection keeps its loop, and so an application, alive.
#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

constexpr milliseconds kLong{100};

class ConnectionLivenessTest : public ConnectionTest {
 protected:
  ConnectionLivenessTest() { server.Unref(); }
};

TEST_F(ConnectionLivenessTest, AnIdleConnectionKeepsTheLoopAlive) {
  ASSERT_TRUE(OpenUntilReady());
  EXPECT_FALSE(RunToTheEnd(kLong));
}

TEST_F(ConnectionLivenessTest, ItNeedNot) {
  options.keep_alive = false;
  ASSERT_TRUE(OpenUntilReady());
  EXPECT_TRUE(RunToTheEnd(kBound));
}

TEST_F(ConnectionLivenessTest, TheChoiceCanBeMadeLaterAndChanged) {
  ASSERT_TRUE(OpenUntilReady());
  connection->KeepAlive(false);
  EXPECT_TRUE(RunToTheEnd(kBound));
  connection->KeepAlive(true);
  EXPECT_FALSE(RunToTheEnd(kLong));
}

TEST_F(ConnectionLivenessTest, TheChoiceCanBeMadeBeforeOpen) {
  ASSERT_TRUE(server.ListenOnTcp());
  Create().KeepAlive(false);
  connection->Open();
  EXPECT_TRUE(RunToTheEnd(kBound));
}

TEST_F(ConnectionLivenessTest, CommandsThatArePendingKeepTheLoopAlive) {
  options.keep_alive = false;
  ASSERT_TRUE(OpenUntilReady());
  const auto first = Submit({"GET", "a"});
  EXPECT_TRUE(RunToTheEnd(kBound));
  EXPECT_EQ(Told(first), "$value of a");
  const auto second = SubmitTogether({{"GET", "b"}, {"PTTL", "b"}});
  EXPECT_TRUE(RunToTheEnd(kBound));
  EXPECT_EQ(Told(second), "$value of b :1000");
}

TEST_F(ConnectionLivenessTest, SoDoThoseThatWaitForAConnection) {
  options.keep_alive = false;
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  const auto tag = Submit({"GET", "a"});
  EXPECT_TRUE(RunToTheEnd(kBound));
  EXPECT_EQ(Told(tag), "$value of a");
}

TEST_F(ConnectionLivenessTest, AndThoseThatFailByTheirDeadline) {
  options.keep_alive = false;
  options.command_timeout = milliseconds(30);
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  const auto tag = Submit({"GET", "a"});
  EXPECT_TRUE(RunToTheEnd(kBound));
  EXPECT_EQ(Told(tag), "timeout");
}

TEST_F(ConnectionLivenessTest, WithoutCommandsReconnectingDoesNotKeepItAlive) {
  options.keep_alive = false;
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  EXPECT_TRUE(RunToTheEnd(kBound));
}

TEST_F(ConnectionLivenessTest, ItIsClosedThoughItDoesNotKeepTheLoopAlive) {
  options.keep_alive = false;
  ASSERT_TRUE(OpenUntilReady());
  const auto tag = Submit({"GET", "a"});
  connection->Close();
  EXPECT_TRUE(RunToTheEnd(kBound));
  EXPECT_EQ(observer.closed, 1U);
  EXPECT_EQ(Told(tag), "$value of a");
}

}  // namespace
}  // namespace connect_hiredis::test
