#include "connection/link.h"

#include <algorithm>
#include <charconv>
#include <utility>

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

}  // namespace

void Link::FreeReader::operator()(redisReader* reader) const { redisReaderFree(reader); }

Link::Link(Transport* transport, Endpoint endpoint, LinkListener* listener)
    : endpoint_(std::move(endpoint)), listener_(listener) {
  reader_.reset(redisReaderCreateWithFunctions(nullptr));
  if (reader_ == nullptr) {
    Fail(MakeSystemError(kOutOfMemory, "connect", endpoint_.address, endpoint_.port));
    return;
  }
  arena_.Attach(reader_.get());
  stream_ = transport->Connect(endpoint_, this);
  NoteFailure();
}

Link::~Link() = default;

void Link::Close() {
  stream_.reset();
  reader_.reset();
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
  const bool building = reader_->reply != nullptr;
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
  redisReader* reader = reader_.get();
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
    if (redisReaderGetReply(reader_.get(), &object) != REDIS_OK) {
      // hiredis' own text quotes at most the one byte that it did not expect.
      Refuse(reader_->err == REDIS_ERR_PROTOCOL
                 ? reader_->errstr
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
  const bool pushed = reader_->task[0]->type == REDIS_REPLY_PUSH;
  if (!pushed && !asked_.empty()) offender_ = asked_.front();
  Fail(MakeProtocolError(why));
}

void Link::OnServed() {
  NoteFailure();
  listener_->OnLinkServed();
}

void Link::NoteFailure() {
  if (!failure_ && stream_->failure()) Fail(*stream_->failure());
}

}  // namespace connect_hiredis
