#include "loop/socket_stream.h"

#include <cerrno>

#include <sys/ioctl.h>
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

// A peer that is gone sends nothing more: what the kernel has by now is all there will ever be.
void SocketStream::FailOnceRead(const char* call, int system_error) {
  if (broken() || ending_) return;
  const std::size_t readable = CountReadable();
  if (readable == 0) {
    Fail(call, system_error);
    return;
  }
  ending_ = Ending{call, system_error, bytes_read_ + readable};
  // libuv does not watch a socket any more on which it has reported an error.
  poll_->Watch(false, false);
  poll_->Watch(true, false);
}

std::size_t SocketStream::CountReadable() const {
  int size = 0;
  if (ioctl(file_descriptor_, FIONREAD, &size) != 0 || size < 0) return 0;
  return static_cast<std::size_t>(size);
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
  if (!connected_ && !ending_) {
    if (const int error_number = TakeSocketError(); error_number != 0) {
      FailOnceRead("connect", SystemErrorFromErrno(error_number));
    } else {
      connected_ = true;
      poll_->Watch(true, false);
      Flush();
    }
  } else {
    if (failed) {
      const int error_number = TakeSocketError();
      FailOnceRead("read", SystemErrorFromErrno(error_number == 0 ? ECONNRESET : error_number));
    }
    if (writable && blocked_) {
      blocked_ = false;
      Flush();
    }
  }
  if ((readable || ending_) && !broken()) ReadAll();
  listener_->OnServed();
}

void SocketStream::ReadAll() {
  listener_->OnBeforeRead();
  for (int reads = 0; reads < kReadsPerWakeUp; ++reads) {
    const ssize_t size = recv(file_descriptor_, input_.data(), input_.size(), 0);
    if (size <= 0) {
      OnNothingRead(size == 0 ? ECONNRESET : errno);
      return;
    }
    const auto length = static_cast<std::size_t>(size);
    last_read_ = Now();
    bytes_read_ += length;
    if (!listener_->OnBytes({input_.data(), length})) return;
    if (ending_ && bytes_read_ >= ending_->bytes_read) {
      Fail(ending_->call, ending_->system_error);
      return;
    }
    if (!ending_ && length < input_.size()) return;
  }
}

void SocketStream::OnNothingRead(int error_number) {
  if (ending_) {
    Fail(ending_->call, ending_->system_error);
  } else if (!WouldBlock(error_number)) {
    Fail("read", SystemErrorFromErrno(error_number));
  }
}

void SocketStream::Flush() {
  if (output_.empty() || blocked_ || broken() || ending_ || !connected_) return;
  const std::size_t left = output_.size() - written_;
  const ssize_t sent = send(file_descriptor_, output_.data() + written_, left, kSendFlags);
  if (sent < 0 && !WouldBlock(errno)) {
    FailOnceRead("write", SystemErrorFromErrno(errno));
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
