// Bytes over a socket that somebody else opened and closes: tries each write at once and asks the
// kernel for writability only after a short one, reads until the socket is empty, and tells where
// the bytes of one wake-up end. A connection that breaks is read to its end first: the peer may
// have answered before it closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/clock.h"
#include "loop/socket_poll.h"

namespace connect_hiredis {

class StreamListener {
 public:
  // The socket is about to be read.
  virtual void OnBeforeRead() = 0;
  // `bytes` are valid during the call. False: no more are wanted.
  [[nodiscard]] virtual bool OnBytes(std::string_view bytes) = 0;
  // The socket was served: connected, read, or found broken (SocketStream::broken). The last
  // thing the stream does: it may be destroyed here.
  virtual void OnServed() = 0;

 protected:
  ~StreamListener() = default;
};

class SocketStream final : private PollListener {
 public:
  // `file_descriptor`: a socket that does not block, connected or about to be; it must stay open
  // until the stream is gone. Null if the loop cannot watch it.
  static std::unique_ptr<SocketStream> Create(const EventLoop& loop, int file_descriptor,
                                              StreamListener* listener);
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;
  ~SocketStream() = default;

  // To be written with the next Flush.
  void Append(std::string_view bytes) { output_.append(bytes); }
  // Writes what was appended. Does nothing before the connection stands or while the kernel's
  // buffer is full. Never calls the listener: look at broken(), now or when what has come is read.
  void Flush();

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] bool broken() const { return system_error_ != 0; }
  // libuv's number of the error that broke the connection, or 0. A peer that closed it is
  // ECONNRESET, in the call "read".
  [[nodiscard]] int system_error() const { return system_error_; }
  // Such as connect, read or write.
  [[nodiscard]] const char* failed_call() const { return failed_call_; }
  // When bytes last came, or when the stream was created.
  [[nodiscard]] Nanoseconds last_read() const { return last_read_; }
  // Appended, and not yet taken by the kernel.
  [[nodiscard]] std::size_t unwritten() const { return output_.size() - written_; }
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  // The kernel has taken so many.
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }
  // So many were appended: the next byte will be the one with this number.
  [[nodiscard]] std::uint64_t bytes_appended() const {
    return bytes_written_ + output_.size() - written_;
  }

 private:
  // The connection is over, but bytes that came before its end are still to be read.
  struct Ending {
    const char* call;
    int system_error;
    std::uint64_t bytes_read;  // when all of them are read
  };

  SocketStream(int file_descriptor, StreamListener* listener);

  void OnPoll(bool readable, bool writable, bool failed) override;
  void ReadAll();
  void OnNothingRead(int error_number);
  void Fail(const char* call, int system_error);
  void FailOnceRead(const char* call, int system_error);
  int TakeSocketError() const;
  std::size_t CountReadable() const;
  void DropWritten();

  int file_descriptor_;
  StreamListener* listener_;
  std::unique_ptr<SocketPoll> poll_;
  std::vector<char> input_;
  std::string output_;
  std::size_t written_ = 0;  // how much of it the kernel has taken
  bool connected_ = false;
  bool blocked_ = false;  // a short write: waiting for POLLOUT
  int system_error_ = 0;
  const char* failed_call_ = "";
  std::optional<Ending> ending_;
  Nanoseconds last_read_;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace connect_hiredis
