// The bytes of one connection, both ways, whatever carries them: from connecting to the first
// error. What comes after an error is its owner's affair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "loop/clock.h"
#include "loop/output_buffer.h"

namespace connect_hiredis {

class StreamListener {
 public:
  // Bytes that came are about to be told.
  virtual void OnBeforeRead() = 0;
  // `bytes` are valid during the call. False: no more are wanted.
  [[nodiscard]] virtual bool OnBytes(std::string_view bytes) = 0;
  // The stream has connected, told all bytes that came, or failed: look at connected() and
  // failure(). The last thing that the stream does: it may be destroyed here.
  virtual void OnServed() = 0;

 protected:
  ~StreamListener() = default;
};

class ByteStream {
 public:
  // `listener` must outlive the stream.
  explicit ByteStream(StreamListener* listener) : listener_(listener), last_read_(Now()) {}
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  virtual ~ByteStream() = default;

  // To be written with the next Flush.
  void Append(std::string_view bytes) { output_.Append(bytes); }
  // Writes what was appended, as far as it is taken now; the rest follows by itself. Does nothing
  // before the connection stands. Never calls the listener: look at failure(), now or when what
  // has come is read.
  virtual void Flush() = 0;

  // That it has connected, also when it has failed since.
  [[nodiscard]] bool connected() const { return connected_; }
  // Why the stream is of no use any more. A peer that closed it is ECONNRESET, in the call "read".
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

  // When bytes last came, or when the stream was made.
  [[nodiscard]] Nanoseconds last_read() const { return last_read_; }
  // Appended, and not yet taken.
  [[nodiscard]] std::size_t unwritten() const { return output_.size(); }
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  // So many were taken: the peer may have them.
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }
  // So many were appended: the next byte will be the one with this number.
  [[nodiscard]] std::uint64_t bytes_appended() const { return bytes_written_ + output_.size(); }

 protected:
  [[nodiscard]] StreamListener& listener() const { return *listener_; }
  [[nodiscard]] bool failed() const { return failure_.has_value(); }
  [[nodiscard]] const OutputBuffer& output() const { return output_; }

  void NoteConnected() { connected_ = true; }
  // The first one counts.
  void Fail(Error error) {
    if (!failure_) failure_ = std::move(error);
  }
  // Tells the listener. False: it wants no more.
  [[nodiscard]] bool Deliver(std::string_view bytes) {
    last_read_ = Now();
    bytes_read_ += bytes.size();
    return listener_->OnBytes(bytes);
  }
  void NoteWritten(std::size_t count) {
    bytes_written_ += count;
    output_.Take(count);
  }

 private:
  StreamListener* listener_;
  OutputBuffer output_;
  std::optional<Error> failure_;
  bool connected_ = false;
  Nanoseconds last_read_;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace connect_hiredis
