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
  EXPECT_EQ(connection->Admit({}), Admission::kQueueFull);
  ASSERT_TRUE(RunUntilTold(3));
  EXPECT_EQ(connection->Admit({}), Admission::kAccepted);
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
  EXPECT_EQ(connection->Admit({}), Admission::kQueueFull);
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntilTold(5));
}

TEST_F(ConnectionQueueTest, WithoutAQueueNothingWaits) {
  options.queue_limit = 0;
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  EXPECT_EQ(connection->Admit({}), Admission::kOffline);
  ASSERT_TRUE(RunUntilReady());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
  server.Shut();
  ASSERT_TRUE(RunUntil([&] { return state() != Connection::State::kReady; }));
  EXPECT_EQ(connection->Admit({}), Admission::kOffline);
}

TEST_F(ConnectionQueueTest, BeforeOpenAndAfterCloseNothingIsTaken) {
  ASSERT_TRUE(server.ListenOnTcp());
  Create();
  EXPECT_EQ(connection->Admit({}), Admission::kClosed);
  connection->Open();
  EXPECT_EQ(connection->Admit({}), Admission::kAccepted);
  connection->Close();
  EXPECT_EQ(connection->Admit({}), Admission::kClosed);
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(connection->Admit({}), Admission::kClosed);
}

TEST_F(ConnectionQueueTest, ARefusalSaysWhyThereIsNoConnection) {
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  for (const Admission admission : {Admission::kOffline, Admission::kQueueFull}) {
    const Error error = connection->Refusal(admission);
    EXPECT_EQ(Describe(error), "queue full");
    ASSERT_NE(error.cause, nullptr);
    EXPECT_EQ(Describe(*error.cause), "system ECONNREFUSED");
  }
  EXPECT_EQ(Describe(connection->Refusal(Admission::kClosed)), "closed");
}

TEST_F(ConnectionQueueTest, ItsBytesHaveABoundToo) {
  options.queue_bytes = 1000;
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  Submit({"SET", "a", std::string(500, 'x')});
  EXPECT_EQ(connection->Admit({}), Admission::kAccepted);
  // The one that reaches the bound is taken: nobody knows beforehand how long it will be.
  Submit({"SET", "b", std::string(500, 'x')});
  EXPECT_EQ(connection->Admit({}), Admission::kQueueFull);
  EXPECT_GE(connection->statistics().waiting_bytes, 1000U);
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(connection->Admit({}), Admission::kAccepted);
  EXPECT_EQ(connection->statistics().waiting_bytes, 0U);
}

TEST_F(ConnectionQueueTest, OneCommandMayBeLargerThanAllOfThem) {
  options.queue_bytes = 1000;
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  const auto tag = Submit({"SET", "a", std::string(5000, 'x')});
  EXPECT_EQ(connection->Admit({}), Admission::kQueueFull);
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "+OK");
}

TEST_F(ConnectionQueueTest, BytesThatWereInFlightCountOnceTheyWait) {
  options.queue_bytes = 1000;
  server.on_command = [](Peer& peer, const Words& words) {
    if (peer.number() > 0 || IsHandshake(words)) peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilReady());
  for (int number = 0; number < 5; ++number) Submit({"SET", "a", std::string(500, 'x')});
  ASSERT_TRUE(RunUntil([&] { return server.Count("SET") == 5; }));
  EXPECT_EQ(connection->statistics().waiting_bytes, 0U);
  server.Shut();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  EXPECT_GE(connection->statistics().waiting_bytes, 2500U);
  EXPECT_EQ(connection->Admit({}), Admission::kQueueFull);
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntilTold(5));
  EXPECT_EQ(connection->statistics().waiting_bytes, 0U);
}

TEST_F(ConnectionQueueTest, WhatHasRunIntoItsDeadlineLeavesRoomAgain) {
  options.queue_bytes = 100;
  options.command_timeout = milliseconds(20);
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  Submit({"SET", "a", std::string(500, 'x')});
  EXPECT_EQ(connection->Admit({}), Admission::kQueueFull);
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(connection->Admit({}), Admission::kAccepted);
}

TEST_F(ConnectionQueueTest, AServerThatDoesNotKeepUpIsNotAnOutage) {
  options.queue_limit = 0;
  options.backlog_limit = 3;
  ASSERT_TRUE(OpenUntilReady());
  for (int number = 0; number < 3; ++number) Submit({"GET", "a"});
  EXPECT_EQ(connection->Admit({}), Admission::kBehind);
  const Error error = connection->Refusal(Admission::kBehind);
  EXPECT_EQ(Describe(error), "queue full");
  EXPECT_TRUE(error.message.starts_with("Redis does not keep up")) << error.message;
  EXPECT_EQ(error.cause, nullptr);
  ASSERT_TRUE(RunUntilTold(3));
  EXPECT_EQ(connection->Admit({}), Admission::kAccepted);
}

TEST_F(ConnectionQueueTest, NorIsOneThatDoesNotRead) {
  options.queue_limit = 0;
  options.backlog_bytes = 80'000'000;
  ASSERT_TRUE(OpenUntilReady());
  // More than the kernel takes.
  std::size_t submitted = 0;
  for (; connection->Admit({}) == Admission::kAccepted && submitted < 100; ++submitted) {
    Submit({"SET", "a", std::string(1'000'000, 'x')});
  }
  EXPECT_EQ(connection->Admit({}), Admission::kBehind);
  EXPECT_LE(submitted, 80U);
  // Of what waits there is no second copy.
  EXPECT_GE(submitted, 60U);
  ASSERT_TRUE(RunUntilTold(submitted));
  for (std::uint64_t tag = 1; tag <= submitted; ++tag) EXPECT_EQ(Told(tag), "+OK");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionQueueTest, WhatHasWaitedForAConnectionIsNotTooMuchForIt) {
  options.queue_limit = 10;
  options.backlog_limit = 2;
  server.on_command = [](Peer& peer, const Words& words) {
    if (IsHandshake(words)) peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  for (int number = 0; number < 5; ++number) Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilReady());
  EXPECT_EQ(connection->Admit({}), Admission::kAccepted);
  connection->Abort();
}

// The bound on replies under way, in capacity.cc.
constexpr std::size_t kMaxUnanswered = 65'536;

TEST_F(ConnectionQueueTest, BeyondABoundOfRepliesUnderWayCommandsWait) {
  // None may wait for a connection.
  options.queue_limit = 0;
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
  const std::size_t all = kMaxUnanswered + 10;
  for (std::size_t number = 0; number < all; ++number) Submit({"GET", std::to_string(number)});
  EXPECT_EQ(connection->statistics().waiting, 10U);
  EXPECT_EQ(connection->Admit({}), Admission::kAccepted);
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
