// One stream with hiredis' reader on it: from connect to the first error. What comes after an
// error is its owner's affair.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct redisReader;

#include "base/error.h"
#include "base/ring.h"
#include "connection/command.h"
#include "connection/endpoint.h"
#include "connection/transport.h"
#include "loop/byte_stream.h"
#include "protocol/reply_arena.h"

namespace connect_hiredis {

class LinkListener {
 public:
  // In the middle of reading: nothing may be destroyed here.
  virtual void OnReply(CommandId id, const Reply& reply) = 0;
  // Whether replies handed out earlier are still looked at.
  [[nodiscard]] virtual bool HoldsReplies() const = 0;
  // After each wake-up of the socket: look at connected() and failure(). The link may be
  // destroyed here.
  virtual void OnLinkServed() = 0;

 protected:
  ~LinkListener() = default;
};

class Link final : private StreamListener {
 public:
  // Begins to connect, without waiting. `transport` is needed during the call alone.
  Link(Transport* transport, Endpoint endpoint, LinkListener* listener);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();

  // Who is told from now on.
  void Listen(LinkListener* listener) { listener_ = listener; }

  [[nodiscard]] bool connected() const { return stream_ != nullptr && stream_->connected(); }
  // Why the link is of no use any more.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
  // Whose reply it was, if it is of no use because of a reply that broke the protocol or a bound.
  [[nodiscard]] std::optional<CommandId> offender() const { return offender_; }

  // Puts Redis commands into the output buffer, `count` in all; their replies come with `id`, and
  // are waited for from `now` on. False if the link has failed.
  bool Append(std::string_view commands, std::size_t count, CommandId id, Nanoseconds now);
  // Writes what was appended. Failures show in failure(), nothing is called.
  void Flush();
  // From now on the link is of no use, for this reason.
  void Fail(Error error);
  // Closes the connection. Replies handed out stay valid until the link is destroyed.
  void Close();

  // Replies still to come.
  [[nodiscard]] std::uint64_t unanswered() const { return asked_.size(); }
  // Since when it has been waited for and has answered nothing; while replies are still to come.
  [[nodiscard]] Nanoseconds silent_since() const { return std::max(asked_at_, last_answer_); }
  // Bytes of memory for replies.
  [[nodiscard]] std::size_t held() const { return arena_.held(); }
  // These need an open link.
  // Bytes that the kernel has not taken yet.
  [[nodiscard]] std::size_t unwritten() const { return stream_->unwritten(); }
  [[nodiscard]] Nanoseconds last_read() const { return stream_->last_read(); }
  [[nodiscard]] std::uint64_t bytes_read() const { return stream_->bytes_read(); }
  [[nodiscard]] std::uint64_t bytes_written() const { return stream_->bytes_written(); }
  [[nodiscard]] std::uint64_t bytes_appended() const { return stream_->bytes_appended(); }
  [[nodiscard]] const std::string& address() const { return endpoint_.address; }

 private:
  struct FreeReader {
    void operator()(redisReader* reader) const;
  };

  void OnBeforeRead() override;
  bool OnBytes(std::string_view bytes) override;
  void OnServed() override;
  // False: the link has failed.
  bool ReadReplies();
  // What the reader is in the middle of cannot be a reply.
  void Refuse(std::string_view why);
  void NoteFailure();

  Endpoint endpoint_;
  LinkListener* listener_;
  std::optional<Error> failure_;
  bool heard_ = false;  // the peer has sent bytes
  std::optional<CommandId> offender_;
  Nanoseconds last_answer_{0};          // a whole reply
  Nanoseconds asked_at_{0};             // when it began to owe replies
  Ring<CommandId> asked_;               // whose replies are to come, in this order
  CommandId answered_ = ~CommandId{0};  // who was given the last reply
  ReplyArena::Mark answer_began_;       // and where the first of those that it was given is
  // Destroyed from the last to the first: the reader uses the arena.
  ReplyArena arena_;
  std::unique_ptr<redisReader, FreeReader> reader_;
  std::unique_ptr<ByteStream> stream_;
};

}  // namespace connect_hiredis
