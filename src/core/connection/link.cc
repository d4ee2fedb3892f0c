#include "connection/link.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <hiredis/hiredis.h>

#include "loop/system_error.h"

namespace connect_hiredis {

namespace {

// Redis' own bound on a string (proto-max-bulk-len), and some for what surrounds it. What does
// not end there is no reply.
constexpr std::size_t kMaxInput = (512UL + 16) * 1024 * 1024;

// Seconds of silence before the kernel asks whether the other side is still there.
constexpr int kKeepAliveInterval = 15;

Error MakeProtocolError(std::string_view what) {
  Error error;
  error.code = ErrorCode::kProtocol;
  error.message = what;
  return error;
}

redisAsyncContext* Connect(const Endpoint& endpoint) {
  redisOptions options{};
  // The context is freed by its owner alone, never from inside hiredis.
  options.options = REDIS_OPT_NOAUTOFREE;
  if (endpoint.port == 0) {
    REDIS_OPTIONS_SET_UNIX(&options, endpoint.address.c_str());
  } else {
    // The address is numeric: hiredis' call of getaddrinfo asks nobody.
    if (endpoint.address.find(':') != std::string::npos) {
      options.options |= REDIS_OPT_PREFER_IPV6;
    }
    REDIS_OPTIONS_SET_TCP(&options, endpoint.address.c_str(), endpoint.port);
  }
  return redisAsyncConnectWithOptions(&options);
}

}  // namespace

Link::Link(const EventLoop& loop, Endpoint endpoint, LinkListener* listener)
    : endpoint_(std::move(endpoint)), listener_(listener) {
  errno = 0;
  context_.reset(Connect(endpoint_));
  const int error_number = errno;
  if (context_ == nullptr) {
    Fail(MakeSystemError(SystemErrorFromErrno(ENOMEM), "connect", endpoint_.address,
                         endpoint_.port));
    return;
  }
  if (context_->err != 0) {
    Fail(MakeSystemError(SystemErrorFromErrno(error_number), "connect", endpoint_.address,
                         endpoint_.port));
    return;
  }
  arena_.Attach(context_->c.reader);
  if (endpoint_.port != 0) redisEnableKeepAliveWithInterval(&context_->c, kKeepAliveInterval);
  adapter_ = HiredisAdapter::Attach(loop, context_.get(), this);
  if (adapter_ == nullptr) {
    Fail(MakeSystemError(SystemErrorFromErrno(EMFILE), "poll", endpoint_.address, endpoint_.port));
  }
}

Link::~Link() = default;

void Link::Close() {
  context_.reset();
  adapter_.reset();
}

bool Link::connected() const {
  return context_ != nullptr && (context_->c.flags & REDIS_CONNECTED) != 0;
}

bool Link::Append(std::string_view command, CommandId id) {
  if (failure_) return false;
  // hiredis keeps the id where others keep a pointer: a late reply finds an empty place, never
  // freed memory.
  static_assert(sizeof(void*) >= sizeof(CommandId), "ids need the room of a 64-bit pointer");
  auto* privdata = reinterpret_cast<void*>(id);  // NOLINT(performance-no-int-to-ptr)
  if (redisAsyncFormattedCommand(context_.get(), &Link::OnHiredisReply, privdata, command.data(),
                                 command.size()) != REDIS_OK) {
    NoteFailure();
    if (!failure_) Fail(MakeProtocolError("hiredis refused a command"));
    return false;
  }
  ++appended_;
  return true;
}

void Link::Flush() {
  if (failure_) return;
  adapter_->Flush();
  NoteFailure();
}

void Link::Fail(Error error) {
  if (!failure_) failure_ = std::move(error);
}

void Link::OnHiredisReply(redisAsyncContext* context, void* reply, void* id) {
  // Null: the context is being freed. The commands are kept elsewhere and sent again.
  if (reply == nullptr) return;
  auto& adapter = *static_cast<HiredisAdapter*>(context->data);
  auto& self = static_cast<Link&>(adapter.listener());
  ++self.answered_;
  self.listener_->OnReply(reinterpret_cast<CommandId>(id),
                          Reply(static_cast<const redisReply*>(reply)));
}

void Link::OnBeforeRead() {
  // In the middle of a long string the reader has built nothing yet: under load most wake-ups
  // end there, and the arena must not wait for one that does not.
  const bool building = context_->c.reader->reply != nullptr;
  if (!building && !listener_->HoldsReplies()) arena_.Reset();
}

void Link::OnSocketServed() {
  NoteFailure();
  listener_->OnLinkServed();
}

void Link::NoteFailure() {
  if (failure_) return;
  if (adapter_->system_error() != 0) {
    Fail(MakeSystemError(adapter_->system_error(), adapter_->failed_call(), endpoint_.address,
                         endpoint_.port));
  } else if (context_->err == REDIS_ERR_EOF) {
    Fail(MakeSystemError(SystemErrorFromErrno(ECONNRESET), "read", endpoint_.address,
                         endpoint_.port));
  } else if (context_->err == REDIS_ERR_OTHER) {
    // The server said why it is about to close the connection.
    Fail(MakeReplyError(context_->errstr));
  } else if (context_->err == REDIS_ERR_PROTOCOL) {
    // hiredis' own text quotes at most the one byte that it did not expect.
    Fail(MakeProtocolError(context_->errstr));
  } else if (context_->err != 0) {
    Fail(MakeProtocolError("The reply from Redis is larger or deeper than any it should send"));
  } else if (arena_.replies() > answered_ && context_->c.reader->reply == nullptr) {
    Fail(MakeProtocolError("Redis sent a reply that no command asked for"));
  } else if (context_->c.reader->len > kMaxInput) {
    Fail(MakeProtocolError("The reply from Redis is larger than Redis' own limit"));
  }
}

}  // namespace connect_hiredis
