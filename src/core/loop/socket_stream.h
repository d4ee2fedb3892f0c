// A stream over a socket: tries each write at once and asks the kernel for writability only after a
// short one, reads until the socket is empty, and tells where the bytes of one wake-up end. A
// connection that breaks is read to its end first: the peer may have answered before it closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/byte_stream.h"
#include "loop/socket.h"
#include "loop/socket_poll.h"

namespace connect_hiredis {

class SocketStream final : public ByteStream, private PollListener {
 public:
  // Begins to connect, without waiting; see Socket::Connect. Where that fails at once, failure()
  // says so.
  SocketStream(const EventLoop& loop, const std::string& address, int port,
               StreamListener* listener);
  // Over a socket that is connected or about to be; errors name `address` and `port`.
  SocketStream(const EventLoop& loop, Socket socket, std::string address, int port,
               StreamListener* listener);

  void Flush() override;

 private:
  // The connection is over, but bytes that came before its end are still to be read.
  struct Ending {
    const char* call;
    int system_error;
    std::uint64_t bytes_read;  // when all of them are read
  };

  SocketStream(const EventLoop& loop, Socket::Opened opened, std::string address, int port,
               StreamListener* listener);

  void OnPoll(bool readable, bool writable, bool failed) override;
  void ReadAll();
  void OnNothingRead(int system_error);
  void Fail(const char* call, int system_error);
  void FailOnceRead(const char* call, int system_error);

  std::string address_;
  int port_;
  // Destroyed from the last to the first: the socket is watched while it is open.
  Socket socket_;
  std::unique_ptr<SocketPoll> poll_;
  std::vector<char> input_;
  bool blocked_ = false;  // a short write: waiting for POLLOUT
  std::optional<Ending> ending_;
};

}  // namespace connect_hiredis
