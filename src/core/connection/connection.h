// One server, for as long as its owner wants it: connects, reconnects, and completes every
// command exactly once and within its deadline.
//
//   Open --> resolving, connecting, handshaking (see Connector) --> ready
//               ^                    |                               |
//               +---- backoff <------+-------------------------------+
//
//   Close, from any state --> closing --> closed
//
// Only `ready` sends commands; in all other states they wait in a bounded queue. When it is ready,
// what the server cannot be given at once waits, too, but is not refused for want of a connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "connection/backoff.h"
#include "connection/capacity.h"
#include "connection/command.h"
#include "connection/command_port.h"
#include "connection/connector.h"
#include "connection/credentials.h"
#include "connection/deadlines.h"
#include "connection/endpoint_locator.h"
#include "connection/fence.h"
#include "connection/link.h"
#include "connection/options.h"
#include "connection/pace.h"
#include "connection/pending_commands.h"
#include "connection/silence.h"
#include "connection/statistics.h"
#include "connection/upkeep.h"
#include "loop/patient_timer.h"
#include "loop/timer.h"
#include "loop/turn_hooks.h"

namespace connect_hiredis {

class ConnectionObserver {
 public:
  // These only note: the connection is in the middle of a change.
  virtual void OnConnected() = 0;
  virtual void OnReady() = 0;
  virtual void OnError(const Error& error) = 0;
  // An outage has lasted longer than `disconnect_after`; the next OnReady ends it.
  virtual void OnOutage() = 0;
  // With `asks_credentials`: to be answered by ProvideCredentials or RefuseCredentials, in
  // OnTurnEnd or later. Asked again before it is answered, one answer is enough.
  virtual void OnCredentialsNeeded() = 0;
  // All that one wake-up brought has been noted and everything is consistent: the time to tell
  // others, who may call back in.
  virtual void OnTurnEnd() = 0;
  // The last handle is closed. The connection may be destroyed here, and nowhere before unless
  // it was never opened.
  virtual void OnClosed() = 0;

 protected:
  ~ConnectionObserver() = default;
};

class Connection final : public CommandPort,
                         private LinkListener,
                         private TurnListener,
                         private ConnectorListener,
                         private UpkeepListener {
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
  // `lookups`: shared with others on this loop.
  Connection(uv_loop_t* loop, ConnectionOptions options, ConnectionObserver* observer,
             std::uint32_t seed, std::shared_ptr<Lookups> lookups = nullptr);
  ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Begins to connect; once.
  void Open();

  // Every key's port.
  [[nodiscard]] Admission Admit(const KeyView& key) const override;
  [[nodiscard]] Admission AdmitNext(const KeyView& key) const override;
  Command& Acquire(const KeyView& /*key*/) override { return pending_.Acquire(); }
  void Submit(Command& command) override;
  [[nodiscard]] Error Refusal(Admission admission) const override;
  [[nodiscard]] bool WasAttempted(CommandId id) override;
  void Distrust(const Error& error) override;

  // Takes no more commands. If it is ready, waits for the replies to those it has; otherwise
  // fails them with kClosed. Then closes. Safe to call twice.
  void Close();
  // The same without waiting for anybody.
  void Abort();

  // Whether the connection keeps the loop alive while it is idle.
  void KeepAlive(bool alive);

  // The answer to OnCredentialsNeeded. False: nobody waits for it any more.
  bool ProvideCredentials(const Credentials& credentials);
  void RefuseCredentials(Error error);

  [[nodiscard]] State state() const;
  // Counts the times that it became ready.
  [[nodiscard]] std::uint64_t epoch() const override { return epoch_; }
  // The epoch in which a command submitted now will be sent.
  [[nodiscard]] std::uint64_t sending_epoch() const {
    return state_ == State::kReady ? epoch_ : epoch_ + 1;
  }
  // What kept it from being ready, last time it was not.
  [[nodiscard]] std::shared_ptr<const Error> last_error() const { return last_error_; }
  [[nodiscard]] Statistics statistics() const;

 private:
  // No command has these indices: there is never room for so many.
  static constexpr CommandId kAuthenticationId = ~CommandId{0};
  static constexpr CommandId kFenceId = ~CommandId{1};

  // Of the link.
  void OnReply(CommandId id, const Reply& reply) override;
  [[nodiscard]] bool HoldsReplies() const override { return partly_answered_ != nullptr; }
  void OnLinkServed() override;
  // Of the loop.
  void OnBlocked(Nanoseconds blocked, Nanoseconds now) override;
  void OnBeforePoll() override {
    Flush();
    pace_.EndTick(pending_.size());
  }
  void OnAfterPoll() override;
  // Of the connector.
  void OnServerReached() override { observer_->OnConnected(); }
  void OnCredentialsAwaited() override { observer_->OnCredentialsNeeded(); }
  void OnWayFound() override;
  void OnNoWay(Error error, bool refused) override { Retry(std::move(error), refused); }
  void OnConnectorServed() override { EndTurn(); }
  // Of the upkeep.
  void OnPingDue() override;
  void OnCredentialsDue() override;
  [[nodiscard]] Nanoseconds LastHeard() const override {
    return link_ == nullptr ? Nanoseconds(0) : link_->last_read();
  }

  void Connect();
  void RaiseFence();
  void LookAtTime();
  void FailOverdue(Nanoseconds fired);
  void ReplaceSilent();
  void ExpectStatus(const Reply& reply);
  void Retry(Error error, bool refused = false);
  void CheckLink();
  void FailOffender();
  void Flush();

  [[nodiscard]] bool connected() const;
  [[nodiscard]] bool CanSend() const;
  void Send(Command& command, Nanoseconds now);
  void SendWaiting();
  void Complete(Command& command);
  void Prove();
  void FailCommand(Command& command, const Error& error);
  void FailAll(const Error& error);
  Error MakeTimeoutError(const Command& command) const;
  [[nodiscard]] bool busy() const { return pending_.size() > pinging_; }
  void UpdateKeepAlive();
  void KeepCredentials(const Credentials& credentials);
  [[nodiscard]] std::optional<std::chrono::milliseconds> CredentialsLeft() const;
  void DropLink();
  void Teardown();
  void EndTurn();

  // Nobody waits for the answer to a PING: that there is one is enough.
  struct PingHandler final : CommandHandler {
    explicit PingHandler(Connection* connection) : connection(connection) {}
    void OnReplies(std::uint64_t /*tag*/, std::span<const Reply> replies) override {
      connection->pinging_ = 0;
      // An error, such as one of permissions, is an answer too.
      if (!replies.front().is(Reply::Type::kError)) connection->ExpectStatus(replies.front());
    }
    void OnFailure(std::uint64_t /*tag*/, const Error& /*error*/) override {
      connection->pinging_ = 0;
    }
    Connection* connection;
  };

  EventLoop loop_;
  SocketTransport transport_;
  std::unique_ptr<EndpointLocator> locator_;
  ConnectionOptions options_;
  ConnectionObserver* observer_;
  State state_ = State::kIdle;
  bool keep_alive_;
  bool kept_alive_ = false;
  bool closing_ = false;  // Close was called; still ready, for the replies that are under way
  Pace pace_;
  std::uint64_t epoch_ = 0;

  Backoff backoff_;
  Capacity capacity_;
  PendingCommands pending_;
  Command* partly_answered_ = nullptr;
  std::size_t pinging_ = 0;  // 1 while a PING is among the pending
  CommandId ping_id_ = 0;
  PingHandler ping_handler_{this};
  std::shared_ptr<const Error> last_error_;
  std::shared_ptr<const Error> broken_by_;  // what ended the last link that was ready
  Nanoseconds ready_since_{0};
  bool proven_ = false;             // since it is ready, a command was answered, or none waited
  std::optional<Error> sent_away_;  // the server has just said that it is not the one to ask
  bool displaced_ = false;          // that was how the last link that was ready ended
  std::string displaced_from_;      // the address of that server
  std::optional<Nanoseconds> credentials_end_;
  Fence fence_;
  Statistics past_;  // all but what the link counts

  // Gone once the connection is closing; the link before the rest.
  std::optional<TurnHooks> hooks_;
  std::optional<Connector> connector_;
  std::optional<Upkeep> upkeep_;
  std::optional<Silence> silence_;
  std::optional<Timer> backoff_timer_;
  std::optional<Deadlines> deadlines_;
  std::optional<PatientTimer> outage_timer_;
  std::unique_ptr<Link> link_;
  // Closed, but what this turn handed out reaches into their replies.
  std::vector<std::unique_ptr<Link>> dropped_;
};

// Why a connection did not take a command; `admission` is not kAccepted. `last_error`: what kept it
// from being ready, if that is known.
Error MakeAdmissionError(Admission admission, std::shared_ptr<const Error> last_error);

// Such as "ready".
const char* NameOf(Connection::State state);

}  // namespace connect_hiredis
