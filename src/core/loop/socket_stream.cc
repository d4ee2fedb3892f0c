#include "loop/socket_stream.h"

#include <utility>

#include "loop/system_error.h"

namespace connect_hiredis {

namespace {

// Larger reads gain nothing.
constexpr std::size_t kReadSize = 64UL * 1024;

// Wake-ups are bounded so that one busy server cannot keep the loop from everything else.
constexpr int kReadsPerWakeUp = 16;

bool IsForNow(std::ptrdiff_t system_error) {
  return system_error == UV_EAGAIN || system_error == UV_EINTR;
}

}  // namespace

SocketStream::SocketStream(const EventLoop& loop, const std::string& address, int port,
                           StreamListener* listener)
    : SocketStream(loop, Socket::Connect(address, port), address, port, listener) {}

SocketStream::SocketStream(const EventLoop& loop, Socket socket, std::string address, int port,
                           StreamListener* listener)
    : SocketStream(loop, Socket::Opened{std::move(socket), 0}, std::move(address), port, listener) {
}

SocketStream::SocketStream(const EventLoop& loop, Socket::Opened opened, std::string address,
                           int port, StreamListener* listener)
    : ByteStream(listener),
      address_(std::move(address)),
      port_(port),
      socket_(std::move(opened.socket)),
      input_(kReadSize) {
  if (opened.system_error != 0) {
    Fail("connect", opened.system_error);
    return;
  }
  int system_error = 0;
  poll_ = SocketPoll::Create(loop, socket_.handle(), this, &system_error);
  if (poll_ == nullptr) {
    Fail("poll", system_error);
    return;
  }
  // Writable for the first time means connected, or refused.
  poll_->Watch(false, true);
}

void SocketStream::Fail(const char* call, int system_error) {
  if (!failed()) ByteStream::Fail(MakeSystemError(system_error, call, address_, port_));
}

// A peer that is gone sends nothing more: what the kernel has by now is all there will ever be.
void SocketStream::FailOnceRead(const char* call, int system_error) {
  if (failed() || ending_) return;
  const std::size_t readable = socket_.CountReadable();
  if (readable == 0) {
    Fail(call, system_error);
    return;
  }
  ending_ = Ending{call, system_error, bytes_read() + readable};
  // libuv does not watch a socket any more on which it has reported an error.
  poll_->Watch(false, false);
  poll_->Watch(true, false);
}

void SocketStream::OnPoll(bool readable, bool writable, bool failed) {
  if (!connected() && !ending_) {
    if (const int system_error = socket_.TakeError(); system_error != 0) {
      FailOnceRead("connect", system_error);
    } else {
      NoteConnected();
      poll_->Watch(true, false);
      Flush();
    }
  } else {
    if (failed) {
      const int system_error = socket_.TakeError();
      FailOnceRead("read", system_error == 0 ? UV_ECONNRESET : system_error);
    }
    if (writable && blocked_) {
      blocked_ = false;
      Flush();
    }
  }
  if ((readable || ending_) && !ByteStream::failed()) ReadAll();
  listener().OnServed();
}

void SocketStream::ReadAll() {
  listener().OnBeforeRead();
  for (int reads = 0; reads < kReadsPerWakeUp; ++reads) {
    const std::ptrdiff_t size = socket_.Receive(input_.data(), input_.size());
    if (size <= 0) {
      OnNothingRead(size == 0 ? UV_ECONNRESET : static_cast<int>(size));
      return;
    }
    const auto length = static_cast<std::size_t>(size);
    if (!Deliver({input_.data(), length})) return;
    if (ending_ && bytes_read() >= ending_->bytes_read) {
      Fail(ending_->call, ending_->system_error);
      return;
    }
    if (!ending_ && length < input_.size()) return;
  }
}

void SocketStream::OnNothingRead(int system_error) {
  if (ending_) {
    Fail(ending_->call, ending_->system_error);
  } else if (!IsForNow(system_error)) {
    Fail("read", system_error);
  }
}

void SocketStream::Flush() {
  if (output().empty() || blocked_ || failed() || ending_ || !connected()) return;
  const std::ptrdiff_t sent = socket_.Send(output().left());
  if (sent < 0 && !IsForNow(sent)) {
    FailOnceRead("write", static_cast<int>(sent));
    return;
  }
  if (sent > 0) NoteWritten(static_cast<std::size_t>(sent));
  blocked_ = !output().empty();
  poll_->Watch(true, blocked_);
}

}  // namespace connect_hiredis
