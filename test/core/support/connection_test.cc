#include "support/connection_test.h"

#include "protocol/command_writer.h"

namespace connect_hiredis::test {

ConnectionTest::ConnectionTest() : server(loop()) {
  options.client_name = "tests";
  options.backoff_min = milliseconds(1);
  options.backoff_max = milliseconds(5);
  options.connect_timeout = kBound;
  options.command_timeout = kBound;
  options.disconnect_after = kBound;
}

void ConnectionTest::TearDown() {
  if (connection != nullptr) {
    if (observer.closed == 0) connection->Abort();
    EXPECT_TRUE(RunUntilClosed());
    RunFor(milliseconds(1));
    if (connection != nullptr) {
      EXPECT_EQ(state(), Connection::State::kClosed);
    }
    connection.reset();
  }
  if (submitted_ > 0 || observer.closed > 0) {
    EXPECT_EQ(observer.closed, 1U);
  }
  EXPECT_EQ(handler.count(), submitted_) << "commands were lost";
  server.Shut();
  LoopTest::TearDown();
}

Connection& ConnectionTest::Create() {
  if (server.port() != 0) options.port = server.port();
  if (!server.socket_path().empty()) options.socket_path = server.socket_path();
  connection = std::make_unique<Connection>(loop(), options, &observer, 1);
  return *connection;
}

Connection& ConnectionTest::Open() {
  Create().Open();
  return *connection;
}

bool ConnectionTest::OpenUntilReady() {
  if (server.port() == 0 && server.socket_path().empty() && !server.ListenOnTcp()) return false;
  Open();
  return RunUntilReady();
}

bool ConnectionTest::RunUntilReady() {
  return RunUntil([this] { return state() == Connection::State::kReady; });
}

bool ConnectionTest::RunUntilTold(std::size_t commands) {
  return RunUntil([&] { return handler.count() >= commands; });
}

bool ConnectionTest::RunUntilClosed() {
  return RunUntil([this] { return observer.closed > 0; });
}

std::uint64_t ConnectionTest::Submit(const Words& command) {
  return SubmitCommands({command}, false);
}

std::uint64_t ConnectionTest::SubmitTogether(const std::vector<Words>& commands) {
  return SubmitCommands(commands, false);
}

std::uint64_t ConnectionTest::SubmitWithTimeToLive(const Words& command) {
  return SubmitCommands({command}, true);
}

std::uint64_t ConnectionTest::SubmitCommands(const std::vector<Words>& commands,
                                             bool time_to_live) {
  const std::uint64_t tag = ++submitted_;
  EXPECT_EQ(connection->Admit({}), Admission::kAccepted);
  Command& command = connection->Acquire({});
  command.handler = &handler;
  command.tag = tag;
  CommandWriter writer(command.wire);
  for (const Words& words : commands) {
    writer.Begin(words.size());
    for (const std::string& word : words) {
      if (time_to_live && &word == &words.back()) {
        command.time_to_live_at = command.wire.size();
        command.time_to_live = milliseconds(std::stoll(word));
      }
      writer.Add(word);
    }
    ++command.expected;
  }
  handler.submitting = true;
  connection->Submit(command);
  handler.submitting = false;
  return tag;
}

}  // namespace connect_hiredis::test
