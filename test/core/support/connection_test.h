// The fixture of a connection to a scripted server. At the end of each test: closed exactly
// once, every command that was taken told exactly once, and nothing left on the loop.
#pragma once

#include <memory>
#include <string>

#include "support/loop_test.h"
#include "support/recorders.h"
#include "support/scripted_server.h"

namespace connect_hiredis::test {

using std::chrono::milliseconds;

class ConnectionTest : public LoopTest {
 protected:
  ConnectionTest();

  void TearDown() override;

  // A connection with `options`. Those of the server, once it listens, are filled in.
  Connection& Create();
  Connection& Open();
  bool OpenUntilReady();
  bool RunUntilReady();
  bool RunUntilTold(std::size_t commands);
  bool RunUntilClosed();

  // Submits one Redis command, or several as one request; returns the tag. It must be taken.
  std::uint64_t Submit(const Words& command);
  std::uint64_t SubmitTogether(const std::vector<Words>& commands);
  // The last argument of `command` is a time to live.
  std::uint64_t SubmitWithTimeToLive(const Words& command);

  std::string Told(std::uint64_t tag) const { return handler.Told(tag); }
  [[nodiscard]] Connection::State state() const { return connection->state(); }

  ConnectionOptions options;
  ScriptedServer server;
  RecordingObserver observer;
  RecordingHandler handler;
  std::unique_ptr<Connection> connection;

 private:
  std::uint64_t SubmitCommands(const std::vector<Words>& commands, bool time_to_live);

  std::uint64_t submitted_ = 0;
};

}  // namespace connect_hiredis::test
