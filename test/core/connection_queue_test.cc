// Which commands are taken, and which wait.
#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

class ConnectionQueueTest : public ConnectionTest {};

TEST_F(ConnectionQueueTest, CommandsWaitForAConnectionUpToTheBound) {
  options.queue_limit = 3;
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  for (int number = 0; number < 3; ++number) Submit({"GET", "a"});
  EXPECT_EQ(connection->Admit(), Admission::kQueueFull);
  ASSERT_TRUE(RunUntilTold(3));
  EXPECT_EQ(connection->Admit(), Admission::kAccepted);
}

TEST_F(ConnectionQueueTest, TheBoundIsForThoseThatWaitOnly) {
  options.queue_limit = 3;
  ASSERT_TRUE(OpenUntilReady());
  for (int number = 0; number < 100; ++number) Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(100));
}

TEST_F(ConnectionQueueTest, CommandsThatWereInFlightCountOnceTheyWait) {
  options.queue_limit = 3;
  server.on_command = [](Peer& peer, const Words& words) {
    if (peer.number() > 0 || IsHandshake(words)) peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  for (int number = 0; number < 5; ++number) Submit({"GET", "a"});
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == 5; }));
  server.Shut();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  EXPECT_EQ(connection->Admit(), Admission::kQueueFull);
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntilTold(5));
}

TEST_F(ConnectionQueueTest, WithoutAQueueNothingWaits) {
  options.queue_limit = 0;
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  EXPECT_EQ(connection->Admit(), Admission::kOffline);
  ASSERT_TRUE(RunUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
  server.Shut();
  ASSERT_TRUE(RunUntil([&] { return state() != Connection::State::kReady; }));
  EXPECT_EQ(connection->Admit(), Admission::kOffline);
}

TEST_F(ConnectionQueueTest, BeforeOpenAndAfterCloseNothingIsTaken) {
  ASSERT_TRUE(server.ListenOnTcp());
  Create();
  EXPECT_EQ(connection->Admit(), Admission::kClosed);
  connection->Open();
  EXPECT_EQ(connection->Admit(), Admission::kAccepted);
  connection->Close();
  EXPECT_EQ(connection->Admit(), Admission::kClosed);
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(connection->Admit(), Admission::kClosed);
}

TEST_F(ConnectionQueueTest, ARefusalSaysWhyThereIsNoConnection) {
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  for (const Admission admission : {Admission::kOffline, Admission::kQueueFull}) {
    const Error error = MakeAdmissionError(admission, *connection);
    EXPECT_EQ(Describe(error), "queue full");
    ASSERT_NE(error.cause, nullptr);
    EXPECT_EQ(Describe(*error.cause), "system ECONNREFUSED");
  }
  EXPECT_EQ(Describe(MakeAdmissionError(Admission::kClosed, *connection)), "closed");
}

// The bound on replies under way, in connection.cc.
constexpr std::size_t kMaxUnanswered = 65'536;

TEST_F(ConnectionQueueTest, BeyondABoundOfRepliesUnderWayCommandsWait) {
  options.queue_limit = 10;
  std::string answers;
  bool answer = false;
  server.on_command = [&](Peer& peer, const Words& words) {
    if (IsHandshake(words) || answer) {
      peer.Send(HarmlessAnswer(words));
    } else {
      answers += HarmlessAnswer(words);
    }
  };
  ASSERT_TRUE(OpenUntilReady());
  const std::size_t all = kMaxUnanswered + options.queue_limit;
  for (std::size_t number = 0; number < all; ++number) Submit({"GET", std::to_string(number)});
  EXPECT_EQ(connection->Admit(), Admission::kQueueFull);
  ASSERT_TRUE(RunUntil([&] { return server.Count("GET") == kMaxUnanswered; }));
  RunFor(milliseconds(2));
  EXPECT_EQ(server.Count("GET"), kMaxUnanswered);
  answer = true;
  server.peer(0).Send(answers);
  ASSERT_TRUE(RunUntilTold(all));
  EXPECT_EQ(Told(all), "$value of " + std::to_string(all - 1));
  EXPECT_EQ(Told(1), "$value of 0");
}

TEST_F(ConnectionQueueTest, ACommandMayBeSubmittedFromACompletion) {
  ASSERT_TRUE(OpenUntilReady());
  handler.on_told = [&](std::uint64_t tag) {
    if (tag < 200) Submit({"GET", std::to_string(tag)});
  };
  Submit({"GET", "0"});
  ASSERT_TRUE(RunUntilTold(200));
  EXPECT_EQ(Told(200), "$value of 199");
}

}  // namespace
}  // namespace connect_hiredis::test
