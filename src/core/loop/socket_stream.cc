#include "loop/socket_stream.h"

#include <cerrno>

#include <sys/socket.h>

#include "loop/system_error.h"

namespace connect_hiredis {

namespace {

// Larger reads gain nothing.
constexpr std::size_t kReadSize = 64UL * 1024;

// Wake-ups are bounded so that one busy server cannot keep the loop from everything else.
constexpr int kReadsPerWakeUp = 16;

// An output buffer that grew beyond this for one large session is given back.
constexpr std::size_t kKeptOutput = 1024UL * 1024;

#ifdef MSG_NOSIGNAL
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0;
#endif

bool WouldBlock(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR;
}

}  // namespace

SocketStream::SocketStream(int file_descriptor, StreamListener* listener)
    : file_descriptor_(file_descriptor),
      listener_(listener),
      input_(kReadSize),
      last_read_(Now()) {}

std::unique_ptr<SocketStream> SocketStream::Create(const EventLoop& loop, int file_descriptor,
                                                   StreamListener* listener) {
  std::unique_ptr<SocketStream> stream(new SocketStream(file_descriptor, listener));
  stream->poll_ = SocketPoll::Create(loop, file_descriptor, stream.get());
  if (stream->poll_ == nullptr) return nullptr;
  // Writable for the first time means connected, or refused.
  stream->poll_->Watch(false, true);
  return stream;
}

void SocketStream::Fail(const char* call, int system_error) {
  if (broken()) return;
  failed_call_ = call;
  system_error_ = system_error;
}

int SocketStream::TakeSocketError() const {
  int error_number = 0;
  socklen_t size = sizeof(error_number);
  if (getsockopt(file_descriptor_, SOL_SOCKET, SO_ERROR, &error_number, &size) != 0) {
    error_number = errno;
  }
  return error_number;
}

void SocketStream::OnPoll(bool readable, bool writable, bool failed) {
  if (!connected_) {
    if (const int error_number = TakeSocketError(); error_number != 0) {
      Fail("connect", SystemErrorFromErrno(error_number));
    } else {
      connected_ = true;
      poll_->Watch(true, false);
      Flush();
    }
  } else {
    // Read all the same: an answer may have come before the reset.
    if (failed) readable = true;
    if (writable && blocked_) {
      blocked_ = false;
      Flush();
    }
    if (readable && !broken()) ReadAll();
    if (failed && !broken()) {
      const int error_number = TakeSocketError();
      Fail("read", SystemErrorFromErrno(error_number == 0 ? ECONNRESET : error_number));
    }
  }
  listener_->OnServed();
}

void SocketStream::ReadAll() {
  listener_->OnBeforeRead();
  for (int reads = 0; reads < kReadsPerWakeUp; ++reads) {
    const ssize_t size = recv(file_descriptor_, input_.data(), input_.size(), 0);
    if (size < 0) {
      if (!WouldBlock(errno)) Fail("read", SystemErrorFromErrno(errno));
      return;
    }
    if (size == 0) {
      Fail("read", SystemErrorFromErrno(ECONNRESET));
      return;
    }
    const auto length = static_cast<std::size_t>(size);
    last_read_ = Now();
    bytes_read_ += length;
    if (!listener_->OnBytes({input_.data(), length}) || length < input_.size()) return;
  }
}

void SocketStream::Flush() {
  if (output_.empty() || blocked_ || broken() || !connected_) return;
  const std::size_t left = output_.size() - written_;
  const ssize_t sent = send(file_descriptor_, output_.data() + written_, left, kSendFlags);
  if (sent < 0 && !WouldBlock(errno)) {
    Fail("write", SystemErrorFromErrno(errno));
    return;
  }
  if (sent > 0) {
    written_ += static_cast<std::size_t>(sent);
    bytes_written_ += static_cast<std::uint64_t>(sent);
    DropWritten();
  }
  blocked_ = !output_.empty();
  poll_->Watch(true, blocked_);
}

void SocketStream::DropWritten() {
  if (written_ == output_.size()) {
    written_ = 0;
    if (output_.capacity() > kKeptOutput) {
      // Assigning an empty string would keep the memory.
      std::string().swap(output_);
    } else {
      output_.clear();
    }
  } else if (written_ > kKeptOutput && written_ > output_.size() / 2) {
    output_.erase(0, written_);
    written_ = 0;
  }
}

}  // namespace connect_hiredis
