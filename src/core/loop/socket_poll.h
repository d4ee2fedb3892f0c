// Watches a socket that somebody else owns and closes.
#pragma once

#include <memory>

#include "loop/handle.h"

namespace connect_hiredis {

class PollListener {
 public:
  // `failed`: the kernel reports an error on the socket (SO_ERROR tells which).
  // The listener may destroy the SocketPoll.
  virtual void OnPoll(bool readable, bool writable, bool failed) = 0;

 protected:
  ~PollListener() = default;
};

class SocketPoll {
 public:
  // Null if libuv cannot watch this socket, `system_error` says why. `socket` must stay open until
  // the SocketPoll is gone.
  static std::unique_ptr<SocketPoll> Create(const EventLoop& loop, uv_os_sock_t socket,
                                            PollListener* listener, int* system_error);

  void Watch(bool readable, bool writable);

 private:
  explicit SocketPoll(Handle<uv_poll_t> handle) : handle_(std::move(handle)) {}

  Handle<uv_poll_t> handle_;
  int watched_ = 0;
};

}  // namespace connect_hiredis
