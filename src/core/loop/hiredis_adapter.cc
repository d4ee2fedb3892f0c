#include "loop/hiredis_adapter.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <hiredis/sds.h>
#include <sys/socket.h>

#include "loop/system_error.h"

namespace connect_hiredis {

namespace {

// Larger reads gain nothing: hiredis' reader moves what is left in its buffer all the same.
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

HiredisAdapter::HiredisAdapter(redisAsyncContext* context, AdapterListener* listener)
    : context_(context), listener_(listener), read_buffer_(kReadSize), last_read_(Now()) {}

std::unique_ptr<HiredisAdapter> HiredisAdapter::Attach(const EventLoop& loop,
                                                       redisAsyncContext* context,
                                                       AdapterListener* listener) {
  std::unique_ptr<HiredisAdapter> adapter(new HiredisAdapter(context, listener));
  adapter->poll_ = SocketPoll::Create(loop, context->c.fd, adapter.get());
  if (adapter->poll_ == nullptr) return nullptr;

  context->data = adapter.get();
  adapter->functions_ = *context->c.funcs;
  adapter->functions_.read = &HiredisAdapter::Read;
  adapter->functions_.write = &HiredisAdapter::Write;
  context->c.funcs = &adapter->functions_;

  context->ev.data = adapter.get();
  context->ev.addWrite = [](void* data) { static_cast<HiredisAdapter*>(data)->unwritten_ = true; };
  context->ev.cleanup = [](void* data) { static_cast<HiredisAdapter*>(data)->Release(); };

  // Writable for the first time means connected, or refused.
  adapter->poll_->Watch(false, true);
  return adapter;
}

HiredisAdapter& HiredisAdapter::Of(redisContext* context) {
  // redisAsyncContext begins with its redisContext.
  return *static_cast<HiredisAdapter*>(reinterpret_cast<redisAsyncContext*>(context)->data);
}

bool HiredisAdapter::connected() const { return (context_->c.flags & REDIS_CONNECTED) != 0; }

// The poll handle has to go before hiredis closes the descriptor: the kernel may give the same
// number to the next socket.
void HiredisAdapter::Release() { poll_.reset(); }

void HiredisAdapter::Fail(const char* call, int system_error) {
  if (system_error_ != 0) return;
  failed_call_ = call;
  system_error_ = system_error;
}

int HiredisAdapter::TakeSocketError() const {
  int error_number = 0;
  socklen_t size = sizeof(error_number);
  if (getsockopt(context_->c.fd, SOL_SOCKET, SO_ERROR, &error_number, &size) != 0) {
    error_number = errno;
  }
  return error_number;
}

void HiredisAdapter::OnPoll(bool readable, bool writable, bool failed) {
  if (!connected()) {
    // hiredis would find this error too, but leave it in an errno that others overwrite.
    if (const int error_number = TakeSocketError(); error_number != 0) {
      Fail("connect", SystemErrorFromErrno(error_number));
    } else {
      redisAsyncHandleWrite(context_);
      if (!broken() && connected()) poll_->Watch(true, false);
    }
  } else {
    if (failed) {
      // Read all the same: an answer may have come before the reset.
      readable = true;
    }
    if (writable && blocked_) {
      blocked_ = false;
      unwritten_ = true;
      Flush();
    }
    if (readable && !broken()) ReadAll();
    if (failed && !broken()) {
      const int error_number = TakeSocketError();
      Fail("read", SystemErrorFromErrno(error_number == 0 ? ECONNRESET : error_number));
    }
  }
  listener_->OnSocketServed();
}

void HiredisAdapter::ReadAll() {
  listener_->OnBeforeRead();
  reading_ = true;
  int reads = 0;
  do {
    read_was_full_ = false;
    redisAsyncHandleRead(context_);
  } while (read_was_full_ && !broken() && ++reads < kReadsPerWakeUp);
  reading_ = false;
}

void HiredisAdapter::Flush() {
  if (!unwritten_ || reading_ || blocked_ || broken() || !connected()) return;
  unwritten_ = false;
  redisAsyncHandleWrite(context_);
  if (broken()) return;
  // hiredis asks for another write when this one was short.
  blocked_ = unwritten_;
  unwritten_ = false;
  poll_->Watch(true, blocked_);
}

ssize_t HiredisAdapter::Read(redisContext* context, char* /*unused*/, size_t /*size*/) {
  HiredisAdapter& self = Of(context);
  const ssize_t size = recv(context->fd, self.read_buffer_.data(), self.read_buffer_.size(), 0);
  if (size > 0) {
    self.last_read_ = Now();
    self.bytes_read_ += static_cast<std::uint64_t>(size);
    self.read_was_full_ = static_cast<std::size_t>(size) == self.read_buffer_.size();
    // Fed here, from a buffer four times that of hiredis; an error stays in the reader, where
    // hiredis finds it when it looks for the next reply.
    redisReaderFeed(context->reader, self.read_buffer_.data(), static_cast<std::size_t>(size));
    return 0;
  }
  if (size == 0) {
    context->err = REDIS_ERR_EOF;
    std::snprintf(context->errstr, sizeof(context->errstr), "%s", "Server closed the connection");
    return -1;
  }
  if (WouldBlock(errno)) return 0;
  self.Fail("read", SystemErrorFromErrno(errno));
  context->err = REDIS_ERR_IO;
  return -1;
}

// hiredis drops the sent part of its buffer by moving the rest, and frees the buffer when it is
// empty: too dear for large sessions and for each tick. Returning 0 leaves both to this code.
ssize_t HiredisAdapter::Write(redisContext* context) {
  HiredisAdapter& self = Of(context);
  const std::size_t size = sdslen(context->obuf);
  const ssize_t sent =
      send(context->fd, context->obuf + self.written_, size - self.written_, kSendFlags);
  if (sent < 0) {
    if (WouldBlock(errno)) return 0;
    self.Fail("write", SystemErrorFromErrno(errno));
    context->err = REDIS_ERR_IO;
    return -1;
  }
  self.written_ += static_cast<std::size_t>(sent);
  self.bytes_written_ += static_cast<std::uint64_t>(sent);
  if (self.written_ == size) {
    self.written_ = 0;
    if (sdsalloc(context->obuf) > kKeptOutput) return static_cast<ssize_t>(size);
    sdssetlen(context->obuf, 0);
    context->obuf[0] = '\0';
  } else if (self.written_ > kKeptOutput && self.written_ > size / 2) {
    const auto dropped = static_cast<ssize_t>(self.written_);
    self.written_ = 0;
    return dropped;
  }
  return 0;
}

}  // namespace connect_hiredis
