#include "connection/link.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include <fcntl.h>
#include <hiredis/hiredis.h>

#include "loop/system_error.h"
#include "protocol/foreign_protocol.h"

namespace connect_hiredis {

namespace {

// Redis' own bound on a string (proto-max-bulk-len), and some for what surrounds it. What does
// not end there is no reply.
constexpr std::size_t kMaxInput = (512UL + 16) * 1024 * 1024;

// hiredis' reader moves what is left of its input for each kilobyte that it has used up: it is
// given so little at a time, unless all of it belongs to one large string.
constexpr std::size_t kPiece = 4096;

// Seconds of silence before the kernel asks whether the other side is still there.
constexpr int kKeepAliveInterval = 15;

// What Redis sends without its length beforehand is short; an error may be a long line.
constexpr std::size_t kMaxLine = 64UL * 1024;

// Whether the item that the reader is in the middle of is longer than any of Redis', or going to
// be.
bool AwaitsTooMuch(const redisReader& reader) {
  if (reader.ridx < 0) return false;
  const std::string_view there(reader.buf + reader.pos, reader.len - reader.pos);
  const int type = reader.task[reader.ridx]->type;
  if (type != REDIS_REPLY_STRING && type != REDIS_REPLY_VERB) return there.size() > kMaxLine;
  const char* end = there.data() + there.size();
  std::size_t length = 0;
  const auto read = std::from_chars(there.data(), end, length);
  if (!std::string_view(read.ptr, static_cast<std::size_t>(end - read.ptr)).starts_with("\r\n")) {
    return there.size() > kMaxLine;
  }
  return read.ec == std::errc::result_out_of_range || length > kMaxInput;
}

Error MakeProtocolError(std::string_view what) {
  Error error;
  error.code = ErrorCode::kProtocol;
  error.message = what;
  return error;
}

redisContext* Connect(const Endpoint& endpoint) {
  redisOptions options{};
  options.options = REDIS_OPT_NONBLOCK;
  if (endpoint.port == 0) {
    REDIS_OPTIONS_SET_UNIX(&options, endpoint.address.c_str());
  } else {
    // The address is numeric: hiredis' call of getaddrinfo asks nobody.
    if (endpoint.address.find(':') != std::string::npos) {
      options.options |= REDIS_OPT_PREFER_IPV6;
    }
    REDIS_OPTIONS_SET_TCP(&options, endpoint.address.c_str(), endpoint.port);
  }
  return redisConnectWithOptions(&options);
}

}  // namespace

void Link::FreeContext::operator()(redisContext* context) const { redisFree(context); }

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
  // A child process must not hold the connection: it would outlive its close.
  fcntl(context_->fd, F_SETFD, FD_CLOEXEC);
  arena_.Attach(context_->reader);
  if (endpoint_.port != 0) redisEnableKeepAliveWithInterval(context_.get(), kKeepAliveInterval);
  stream_ = SocketStream::Create(loop, context_->fd, this);
  if (stream_ == nullptr) {
    Fail(MakeSystemError(SystemErrorFromErrno(EMFILE), "poll", endpoint_.address, endpoint_.port));
  }
}

Link::~Link() = default;

void Link::Close() {
  stream_.reset();
  context_.reset();
}

bool Link::Append(std::string_view commands, std::size_t count, CommandId id, Nanoseconds now) {
  if (failure_) return false;
  if (asked_.empty()) asked_at_ = now;
  stream_->Append(commands);
  for (std::size_t asked = 0; asked < count; ++asked) asked_.Push(id);
  return true;
}

void Link::Flush() {
  if (failure_) return;
  stream_->Flush();
  NoteFailure();
}

void Link::Fail(Error error) {
  if (!failure_) failure_ = std::move(error);
}

void Link::OnBeforeRead() {
  // In the middle of a long string the reader has built nothing yet: under load most wake-ups
  // end there, and the arena must not wait for one that does not.
  const bool building = context_->reader->reply != nullptr;
  if (listener_->HoldsReplies()) {
    arena_.DropBefore(answer_began_);
  } else if (building) {
    arena_.DropBefore(arena_.reply());
  } else {
    arena_.Reset();
  }
}

bool Link::OnBytes(std::string_view bytes) {
  if (!std::exchange(heard_, true)) {
    if (const auto foreign = DescribeForeignProtocol(bytes); !foreign.empty()) {
      Fail(MakeProtocolError(foreign));
      return false;
    }
  }
  redisReader* reader = context_->reader;
  while (!bytes.empty() && !failure_) {
    const bool in_large_string = reader->len > kPiece;
    const std::size_t size = in_large_string ? bytes.size() : std::min(bytes.size(), kPiece);
    redisReaderFeed(reader, bytes.data(), size);
    bytes.remove_prefix(size);
    if (!ReadReplies()) return false;
  }
  if (reader->len > kMaxInput || AwaitsTooMuch(*reader)) {
    Refuse("The reply from Redis is larger than Redis' own limit");
  }
  return !failure_;
}

bool Link::ReadReplies() {
  for (;;) {
    void* object = nullptr;
    if (redisReaderGetReply(context_->reader, &object) != REDIS_OK) {
      // hiredis' own text quotes at most the one byte that it did not expect.
      Refuse(context_->reader->err == REDIS_ERR_PROTOCOL
                 ? context_->reader->errstr
                 : "The reply from Redis is larger or deeper than any it should send");
      return false;
    }
    if (object == nullptr) return true;
    const auto* raw = static_cast<const redisReply*>(object);
    if (raw->type == REDIS_REPLY_PUSH) {
      // Nothing was subscribed to.
      arena_.DropReply();
      continue;
    }
    last_answer_ = stream_->last_read();
    const Reply reply(raw);
    if (asked_.empty()) {
      // The server may say why it is about to close the connection.
      Fail(reply.is(Reply::Type::kError)
               ? MakeReplyError(reply.text())
               : MakeProtocolError("Redis sent a reply that no command asked for"));
      return false;
    }
    const CommandId id = asked_.Pop();
    if (id != answered_) {
      answered_ = id;
      answer_began_ = arena_.reply();
    }
    listener_->OnReply(id, reply);
    if (failure_) return false;
  }
}

void Link::Refuse(std::string_view why) {
  // The outermost item, also after an error. A push is in nobody's place.
  const bool pushed = context_->reader->task[0]->type == REDIS_REPLY_PUSH;
  if (!pushed && !asked_.empty()) offender_ = asked_.front();
  Fail(MakeProtocolError(why));
}

void Link::OnServed() {
  NoteFailure();
  listener_->OnLinkServed();
}

void Link::NoteFailure() {
  if (failure_ || !stream_->broken()) return;
  Fail(MakeSystemError(stream_->system_error(), stream_->failed_call(), endpoint_.address,
                       endpoint_.port));
}

}  // namespace connect_hiredis
