// What a connection has to be told.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace connect_hiredis {

struct ConnectionOptions {
  // Either a unix socket, or a name or address with a port.
  std::string socket_path;
  std::string host = "127.0.0.1";
  int port = 6379;

  std::optional<std::string> username;
  std::optional<std::string> password;
  int database = 0;
  // Credentials are asked for at each connection instead; username and password are empty then.
  bool asks_credentials = false;
  std::string client_name;      // empty: none is sent
  std::string library_version;  // empty: the library is not introduced (CLIENT SETINFO)

  // Name resolution, all addresses and the handshake together.
  std::chrono::milliseconds connect_timeout{10'000};
  // From the submission of a command to its completion.
  std::chrono::milliseconds command_timeout{5'000};
  // How long an outage lasts before it is reported.
  std::chrono::milliseconds disconnect_after{5'000};
  std::chrono::milliseconds backoff_min{50};
  std::chrono::milliseconds backoff_max{2'000};
  // How long an open connection may be idle before it is asked whether it still stands; 0: for
  // ever.
  std::chrono::milliseconds ping_interval{0};
  // Commands that may wait for a connection, and their bytes, which the last one may exceed; 0
  // commands: none waits.
  std::size_t queue_limit = 10'000;
  std::size_t queue_bytes = 64UL * 1024 * 1024;
  // What a server that is there may be asked without having answered it, if the queue may not hold
  // more: more than this it will not answer in time.
  std::size_t backlog_limit = 250'000;
  std::size_t backlog_bytes = 1024UL * 1024 * 1024;
  // Whether an open, idle connection keeps the loop alive; with commands pending it always does.
  bool keep_alive = true;
  // Whether the application waits in the loop (see TurnHooks).
  bool waits_in_loop = true;
};

}  // namespace connect_hiredis
