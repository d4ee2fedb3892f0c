// Puts one redisAsyncContext on a libuv loop. Against hiredis' own adapter this one tries each
// write at once and asks the kernel for writability only after a short write, reads until the
// socket is empty, tells where the replies of one wake-up end, and knows when its last handle
// has closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <hiredis/async.h>

#include "loop/clock.h"
#include "loop/close_barrier.h"
#include "loop/socket_poll.h"

namespace connect_hiredis {

class AdapterListener {
 public:
  // The socket is about to be read.
  virtual void OnBeforeRead() = 0;
  // The socket was served: connected, read, or found broken (the context's err, or
  // HiredisAdapter::system_error). The last thing the adapter does: it may be destroyed here.
  virtual void OnSocketServed() = 0;

 protected:
  ~AdapterListener() = default;
};

class HiredisAdapter final : private PollListener {
 public:
  // Takes over `context`'s event hooks, transport functions and `data`. `context` must have
  // been made with REDIS_OPT_NOAUTOFREE and be freed by its owner before the adapter. Null if
  // the loop cannot watch its socket.
  static std::unique_ptr<HiredisAdapter> Attach(const EventLoop& loop, redisAsyncContext* context,
                                                AdapterListener* listener);
  HiredisAdapter(const HiredisAdapter&) = delete;
  HiredisAdapter& operator=(const HiredisAdapter&) = delete;
  ~HiredisAdapter() = default;

  // Writes what hiredis has buffered, if anything is new. Does nothing before the connection
  // stands or while the kernel's buffer is full. Never calls the listener: look at the
  // context's err.
  void Flush();

  [[nodiscard]] AdapterListener& listener() const { return *listener_; }
  // libuv's number of the system call that broke the connection, or 0.
  [[nodiscard]] int system_error() const { return system_error_; }
  // Such as connect, read or write.
  [[nodiscard]] const char* failed_call() const { return failed_call_; }
  // When bytes last came, or when the adapter was attached.
  [[nodiscard]] Nanoseconds last_read() const { return last_read_; }
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  HiredisAdapter(redisAsyncContext* context, AdapterListener* listener);

  void OnPoll(bool readable, bool writable, bool failed) override;
  [[nodiscard]] bool connected() const;
  [[nodiscard]] bool broken() const { return context_->err != 0 || system_error_ != 0; }
  void ReadAll();
  void Fail(const char* call, int system_error);
  int TakeSocketError() const;
  void Release();

  static HiredisAdapter& Of(redisContext* context);
  static ssize_t Read(redisContext* context, char* unused, size_t size);
  static ssize_t Write(redisContext* context);

  redisAsyncContext* context_;  // the owner's
  AdapterListener* listener_;
  std::unique_ptr<SocketPoll> poll_;
  redisContextFuncs functions_{};
  std::vector<char> read_buffer_;
  std::size_t written_ = 0;  // how much of the output buffer the kernel has taken
  bool unwritten_ = false;   // hiredis' output buffer holds what no write has seen
  bool blocked_ = false;     // a short write: waiting for POLLOUT
  bool reading_ = false;     // inside hiredis, which must not be asked to write then
  bool read_was_full_ = false;
  int system_error_ = 0;
  const char* failed_call_ = "";
  Nanoseconds last_read_;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace connect_hiredis
