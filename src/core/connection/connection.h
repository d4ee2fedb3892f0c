// One server, for as long as its owner wants it: connects, reconnects, and completes every
// command exactly once and within its deadline.
//
//   Open --> resolving --> connecting --> handshaking --> ready
//               ^              |               |            |
//               |              v               v            |
//               +---------- backoff <-----------------------+
//
//   Close, from any state --> closing --> closed
//
// A unix socket and a numeric address skip resolving. Only `ready` sends commands; in all other
// states they wait in a bounded queue.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "connection/backoff.h"
#include "connection/command.h"
#include "connection/handshake.h"
#include "connection/link.h"
#include "connection/options.h"
#include "connection/pending_commands.h"
#include "loop/resolver.h"
#include "loop/timer.h"
#include "loop/turn_hooks.h"

namespace connect_hiredis {

class ConnectionObserver {
 public:
  // These four only note: the connection is in the middle of a change.
  virtual void OnConnected() = 0;
  virtual void OnReady() = 0;
  virtual void OnError(const Error& error) = 0;
  // An outage has lasted longer than `disconnect_after`; the next OnReady ends it.
  virtual void OnOutage() = 0;
  // All that one wake-up brought has been noted and everything is consistent: the time to tell
  // others, who may call back in.
  virtual void OnTurnEnd() = 0;
  // The last handle is closed. The connection may be destroyed here, and nowhere before unless
  // it was never opened.
  virtual void OnClosed() = 0;

 protected:
  ~ConnectionObserver() = default;
};

// Whether a command is taken.
enum class Admission : std::uint8_t { kAccepted, kQueueFull, kOffline, kClosed };

class Connection final : private LinkListener, private TurnListener {
 public:
  enum class State : std::uint8_t {
    kIdle,
    kResolving,
    kConnecting,
    kHandshaking,
    kReady,
    kBackoff,
    kClosing,
    kClosed,
  };

  // `loop` and `observer` must outlive the connection. `seed` is for the jitter of the backoff.
  Connection(uv_loop_t* loop, ConnectionOptions options, ConnectionObserver* observer,
             std::uint32_t seed);
  ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Begins to connect; once.
  void Open();

  // Whether a command would be taken now. If so: fill what Acquire gives and Submit it, at once.
  [[nodiscard]] Admission Admit() const;
  Command& Acquire() { return pending_.Acquire(); }
  void Submit(Command& command);

  // Takes no more commands. If it is ready, waits for the replies to those it has; otherwise
  // fails them with kClosed. Then closes. Safe to call twice.
  void Close();
  // The same without waiting for anybody.
  void Abort();

  // Whether the connection keeps the loop alive while it is idle.
  void KeepAlive(bool alive);

  // `error` showed that the peer is no longer to be trusted (a reply that cannot belong to its
  // command): the connection is replaced at the end of the turn.
  void Distrust(const Error& error);

  [[nodiscard]] State state() const {
    return closing_ && state_ == State::kReady ? State::kClosing : state_;
  }
  // Counts the times that it became ready: cursors of SCAN do not outlive one.
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  // The epoch in which a command submitted now will be sent.
  [[nodiscard]] std::uint64_t sending_epoch() const {
    return state_ == State::kReady ? epoch_ : epoch_ + 1;
  }
  // What kept it from being ready, last time it was not.
  [[nodiscard]] std::shared_ptr<const Error> last_error() const { return last_error_; }

 private:
  void OnReply(CommandId id, const Reply& reply) override;
  [[nodiscard]] bool HoldsReplies() const override { return partly_answered_ != nullptr; }
  void OnLinkServed() override;
  void OnBeforePoll() override { Flush(); }
  void OnAfterPoll() override;

  void Connect();
  void ConnectToNext();
  void BeginHandshake();
  void BecomeReady();
  void OnAddresses(int system_error, std::vector<std::string> addresses);
  void OnConnectTimeout();
  void OnDeadline();
  void FailOverdue(Nanoseconds limit);
  void Retry(Error error);
  void CheckLink();
  void Flush();

  [[nodiscard]] bool CanSend() const;
  void Send(Command& command);
  void SendWaiting();
  void Complete(Command& command);
  void FailCommand(Command& command, const Error& error);
  void FailAll(const Error& error);
  Error MakeTimeoutError(const Command& command) const;
  void ArmDeadline();
  void UpdateKeepAlive();
  void DropLink();
  void Teardown();
  void EndTurn();

  EventLoop loop_;
  ConnectionOptions options_;
  ConnectionObserver* observer_;
  State state_ = State::kIdle;
  bool keep_alive_;
  bool kept_alive_ = false;
  bool closing_ = false;    // Close was called; still ready, for the replies that are under way
  Nanoseconds overdue_{0};  // what was due then fails unless the next poll brings its answer
  int unflushed_ = 0;
  std::uint64_t epoch_ = 0;

  Backoff backoff_;
  PendingCommands pending_;
  Command* partly_answered_ = nullptr;
  std::optional<Handshake> handshake_;
  std::vector<Endpoint> endpoints_;  // still to be tried, the next one last
  Nanoseconds connect_deadline_{0};
  std::shared_ptr<const Error> last_error_;

  // Gone once the connection is closing; the link before the rest.
  std::optional<TurnHooks> hooks_;
  std::optional<Resolver> resolver_;
  std::optional<Timer> connect_timer_;
  std::optional<Timer> backoff_timer_;
  std::optional<Timer> deadline_timer_;
  std::optional<Timer> outage_timer_;
  std::unique_ptr<Link> link_;
  // Closed, but what this turn handed out reaches into their replies.
  std::vector<std::unique_ptr<Link>> dropped_;
};

// Why `connection` did not take a command; `admission` is not kAccepted.
Error MakeAdmissionError(Admission admission, const Connection& connection);

// Such as "ready".
const char* NameOf(Connection::State state);

}  // namespace connect_hiredis
