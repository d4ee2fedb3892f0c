// What can go wrong, as a value: the core neither throws nor prints.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace connect_hiredis {

enum class ErrorCode : std::uint8_t {
  kSystem,       // the operating system's, `system_error` says which
  kReply,        // Redis answered with an error, `reply` is its first word
  kTimeout,      // the deadline ran out
  kQueueFull,    // no room to wait for a connection, or for a server that does not keep up
  kClosed,       // the client was closed
  kProtocol,     // what came back is no RESP, or no answer to what was asked
  kCredentials,  // there was nothing to authenticate with
};

// `message` never holds a password, a key or a value: it reaches logs.
struct Error {
  ErrorCode code = ErrorCode::kProtocol;
  std::string message;
  std::string reply;     // kReply: the first word, such as WRONGTYPE
  int system_error = 0;  // kSystem: libuv's negative error number
  std::string syscall;   // kSystem: such as connect
  std::string address;   // kSystem: numeric address, name or path of the socket
  int port = 0;          // kSystem: 0 for unix sockets
  // kTimeout, kQueueFull: why there was no connection, if that is known.
  std::shared_ptr<const Error> cause;
};

}  // namespace connect_hiredis
