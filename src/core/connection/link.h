// One socket with hiredis on it: from connect to the first error. What comes after an error is
// its owner's affair.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <hiredis/async.h>

#include "base/error.h"
#include "connection/command.h"
#include "loop/hiredis_adapter.h"
#include "protocol/reply_arena.h"

namespace connect_hiredis {

struct Endpoint {
  std::string address;  // numeric, or the path of a socket
  int port = 0;         // 0: a path
};

class LinkListener {
 public:
  // From inside hiredis: nothing may be destroyed here.
  virtual void OnReply(CommandId id, const Reply& reply) = 0;
  // Whether replies handed out earlier are still looked at.
  [[nodiscard]] virtual bool HoldsReplies() const = 0;
  // After each wake-up of the socket: look at connected() and failure(). The link may be
  // destroyed here.
  virtual void OnLinkServed() = 0;

 protected:
  ~LinkListener() = default;
};

class Link final : private AdapterListener {
 public:
  // Begins to connect, without waiting.
  Link(const EventLoop& loop, Endpoint endpoint, LinkListener* listener);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();

  // Who is told from now on.
  void Listen(LinkListener* listener) { listener_ = listener; }

  [[nodiscard]] bool connected() const;
  // Why the link is of no use any more.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

  // Puts one Redis command into the output buffer; its reply comes with `id`. False if the
  // link has failed.
  bool Append(std::string_view command, CommandId id);
  // Writes what was appended. Failures show in failure(), nothing is called.
  void Flush();
  // From now on the link is of no use, for this reason.
  void Fail(Error error);
  // Closes the socket. Replies handed out stay valid until the link is destroyed.
  void Close();

  // Replies still to come.
  [[nodiscard]] std::uint64_t unanswered() const { return appended_ - answered_; }
  // These need an open link.
  [[nodiscard]] Nanoseconds last_read() const { return adapter_->last_read(); }
  [[nodiscard]] std::uint64_t bytes_read() const { return adapter_->bytes_read(); }
  [[nodiscard]] std::uint64_t bytes_written() const { return adapter_->bytes_written(); }
  [[nodiscard]] const std::string& address() const { return endpoint_.address; }

 private:
  struct FreeContext {
    void operator()(redisAsyncContext* context) const { redisAsyncFree(context); }
  };

  void OnBeforeRead() override;
  void OnSocketServed() override;
  void NoteFailure();
  static void OnHiredisReply(redisAsyncContext* context, void* reply, void* id);

  Endpoint endpoint_;
  LinkListener* listener_;
  std::optional<Error> failure_;
  std::uint64_t appended_ = 0;
  std::uint64_t answered_ = 0;
  // Destroyed from the last to the first: hiredis uses the adapter's functions and the arena
  // until its context is freed.
  ReplyArena arena_;
  std::unique_ptr<HiredisAdapter> adapter_;
  std::unique_ptr<redisAsyncContext, FreeContext> context_;
};

}  // namespace connect_hiredis
