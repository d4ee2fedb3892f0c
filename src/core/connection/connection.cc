#include "connection/connection.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "loop/system_error.h"
#include "protocol/command_writer.h"

namespace connect_hiredis {

namespace {

// So many commands leave at once even if the tick has more: the server works while the client
// goes on writing.
constexpr int kFlushAt = 32;

// Replies under way at most; more commands wait in the queue and count against its bound.
constexpr std::uint64_t kMaxUnanswered = 65'536;

// No command has this index: there is never room for so many.
constexpr CommandId kHandshakeId = ~CommandId{0};

Error MakeClosedError() {
  Error error;
  error.code = ErrorCode::kClosed;
  error.message = "The client is closed";
  return error;
}

// While it waited, the session's time went on.
void RefreshTimeToLive(Command& command, Nanoseconds now) {
  if (command.time_to_live_at == 0) return;
  auto left = command.time_to_live -
              std::chrono::duration_cast<std::chrono::milliseconds>(now - command.submitted);
  // 1 ms is the shortest that Redis takes; the key is gone before anybody asks for it.
  left = std::max(left, std::chrono::milliseconds(1));
  if (command.time_to_live.count() == 0) left = std::chrono::milliseconds(0);
  command.wire.resize(command.time_to_live_at);
  CommandWriter writer(command.wire);
  writer.Add(left.count());
  if (command.tells_attempt) writer.Add(command.attempted ? "1" : "0");
  command.ends.back() = command.wire.size();
}

}  // namespace

Connection::Connection(uv_loop_t* loop, ConnectionOptions options, ConnectionObserver* observer,
                       std::uint32_t seed)
    : loop_{loop, std::make_shared<CloseBarrier>()},
      options_(std::move(options)),
      observer_(observer),
      keep_alive_(options_.keep_alive),
      backoff_(options_.backoff_min, options_.backoff_max, seed) {}

void Connection::Open() {
  hooks_.emplace(loop_, static_cast<TurnListener*>(this));
  resolver_.emplace(loop_);
  connect_timer_.emplace(loop_, [this] { OnConnectTimeout(); });
  backoff_timer_.emplace(loop_, [this] {
    Connect();
    EndTurn();
  });
  deadline_timer_.emplace(loop_, [this] { OnDeadline(); });
  outage_timer_.emplace(loop_, [this] {
    observer_->OnOutage();
    EndTurn();
  });
  outage_timer_->Start(options_.disconnect_after);
  Connect();
  UpdateKeepAlive();
}

// ---- Towards ready ----

void Connection::Connect() {
  connect_deadline_ = Now() + options_.connect_timeout;
  connect_timer_->Start(options_.connect_timeout);
  endpoints_.clear();
  if (!options_.socket_path.empty()) {
    endpoints_.push_back({options_.socket_path, 0});
    ConnectToNext();
  } else if (IsNumericAddress(options_.host)) {
    endpoints_.push_back({options_.host, options_.port});
    ConnectToNext();
  } else {
    state_ = State::kResolving;
    const int result = resolver_->Resolve(
        options_.host, [this](int system_error, std::vector<std::string> addresses) {
          OnAddresses(system_error, std::move(addresses));
          EndTurn();
        });
    if (result != 0) {
      Retry(MakeSystemError(result, "getaddrinfo", options_.host, options_.port));
    }
  }
}

void Connection::OnAddresses(int system_error, std::vector<std::string> addresses) {
  if (system_error != 0) {
    Retry(MakeSystemError(system_error, "getaddrinfo", options_.host, options_.port));
    return;
  }
  std::reverse(addresses.begin(), addresses.end());
  for (std::string& address : addresses) {
    endpoints_.push_back({std::move(address), options_.port});
  }
  ConnectToNext();
}

void Connection::ConnectToNext() {
  state_ = State::kConnecting;
  std::optional<Error> error;
  while (!endpoints_.empty()) {
    // An address that swallows what it is sent may use up only its share of the time.
    const auto share = (connect_deadline_ - Now()) / static_cast<std::int64_t>(endpoints_.size());
    connect_timer_->Start(CeilMilliseconds(share));
    Endpoint endpoint = std::move(endpoints_.back());
    endpoints_.pop_back();
    link_ = std::make_unique<Link>(loop_, std::move(endpoint), static_cast<LinkListener*>(this));
    if (!link_->failure()) return;
    error = *link_->failure();
    link_.reset();
  }
  Retry(std::move(*error));
}

void Connection::BeginHandshake() {
  observer_->OnConnected();
  state_ = State::kHandshaking;
  connect_timer_->Start(CeilMilliseconds(connect_deadline_ - Now()));
  handshake_.emplace(options_);
  for (const std::string& command : handshake_->commands()) link_->Append(command, kHandshakeId);
  link_->Flush();
}

void Connection::BecomeReady() {
  state_ = State::kReady;
  ++epoch_;
  handshake_.reset();
  connect_timer_->Stop();
  outage_timer_->Stop();
  backoff_.Reset();
  last_error_ = nullptr;
  observer_->OnReady();
  SendWaiting();
}

void Connection::OnConnectTimeout() {
  if (state_ == State::kConnecting && !endpoints_.empty()) {
    link_.reset();
    ConnectToNext();
  } else {
    Retry(MakeSystemError(SystemErrorFromErrno(ETIMEDOUT), "connect",
                          options_.socket_path.empty() ? options_.host : options_.socket_path,
                          options_.socket_path.empty() ? options_.port : 0));
  }
  EndTurn();
}

// The connection, or the attempt at one, came to nothing.
void Connection::Retry(Error error) {
  const bool was_ready = state_ == State::kReady;
  const bool refused = handshake_ && handshake_->refused();
  DropLink();
  resolver_->Cancel();
  connect_timer_->Stop();
  handshake_.reset();
  endpoints_.clear();
  partly_answered_ = nullptr;
  unflushed_ = 0;
  pending_.MarkAllWaiting();

  if (closing_) {
    FailAll(MakeClosedError());
    Teardown();
    return;
  }
  last_error_ = std::make_shared<const Error>(std::move(error));
  observer_->OnError(*last_error_);
  if (was_ready) outage_timer_->Start(options_.disconnect_after);
  state_ = State::kBackoff;
  backoff_timer_->Start(refused ? backoff_.Slowest() : backoff_.Next());
}

// ---- Events of the loop ----

void Connection::OnLinkServed() {
  CheckLink();
  EndTurn();
}

void Connection::OnAfterPoll() {
  Flush();
  if (link_ != nullptr) CheckLink();
  if (overdue_.count() != 0 && hooks_) FailOverdue(overdue_);
  EndTurn();
}

void Connection::Flush() {
  if (link_ == nullptr) return;
  unflushed_ = 0;
  link_->Flush();
}

void Connection::CheckLink() {
  if (link_->failure()) {
    if (state_ == State::kConnecting && !endpoints_.empty()) {
      link_.reset();
      ConnectToNext();
    } else {
      // A server that refuses says why before it closes the connection.
      const bool refused = handshake_ && handshake_->error();
      Retry(refused ? *handshake_->error() : *link_->failure());
    }
  } else if (state_ == State::kConnecting) {
    if (link_->connected()) BeginHandshake();
  } else if (state_ == State::kHandshaking) {
    if (handshake_->error()) {
      Retry(*handshake_->error());
    } else if (handshake_->complete()) {
      BecomeReady();
    }
  } else {
    SendWaiting();
  }
}

void Connection::EndTurn() {
  if (closing_ && state_ == State::kReady && pending_.empty()) Teardown();
  // Until the observer has told others. Not a member: it may destroy this.
  const auto dropped = std::exchange(dropped_, {});
  observer_->OnTurnEnd();
}

void Connection::OnReply(CommandId id, const Reply& reply) {
  // Distrusted meanwhile: whatever still comes may belong to anybody.
  if (link_->failure()) return;
  if (id == kHandshakeId) {
    handshake_->OnReply(reply);
    return;
  }
  Command* command = pending_.Find(id);
  // Its deadline had run out: the late reply is thrown away.
  if (command == nullptr) return;
  command->replies.push_back(reply);
  if (command->replies.size() < command->ends.size()) {
    partly_answered_ = command;
    return;
  }
  partly_answered_ = nullptr;
  Complete(*command);
}

// ---- Commands ----

Admission Connection::Admit() const {
  if (closing_ || state_ == State::kIdle || state_ == State::kClosing || state_ == State::kClosed) {
    return Admission::kClosed;
  }
  if (CanSend()) return Admission::kAccepted;
  if (options_.queue_limit == 0) return Admission::kOffline;
  return pending_.waiting() < options_.queue_limit ? Admission::kAccepted : Admission::kQueueFull;
}

bool Connection::CanSend() const {
  return state_ == State::kReady && !link_->failure() && pending_.waiting() == 0 &&
         link_->unanswered() < kMaxUnanswered;
}

void Connection::Submit(Command& command) {
  command.submitted = Now();
  command.deadline = command.submitted + options_.command_timeout;
  const bool send = CanSend();
  pending_.Append(command);
  if (send) Send(command);
  if (!deadline_timer_->active()) ArmDeadline();
  if (!kept_alive_) UpdateKeepAlive();
}

void Connection::Send(Command& command) {
  command.sent_at = command.submitted;
  pending_.MarkSent(command);
  std::size_t begin = 0;
  for (const std::size_t end : command.ends) {
    // A refusal shows in the link's failure: the command is sent again on the next link.
    if (!link_->Append(std::string_view(command.wire).substr(begin, end - begin), command.id())) {
      return;
    }
    begin = end;
  }
  if (++unflushed_ >= kFlushAt) {
    unflushed_ = 0;
    link_->Flush();
  }
}

void Connection::SendWaiting() {
  if (pending_.waiting() == 0 || state_ != State::kReady) return;
  const Nanoseconds now = Now();
  while (Command* command = pending_.first_waiting()) {
    if (link_->failure() || link_->unanswered() >= kMaxUnanswered) break;
    RefreshTimeToLive(*command, now);
    Send(*command);
    command->sent_at = now;
  }
}

void Connection::Complete(Command& command) {
  pending_.Remove(command);
  command.handler->OnReplies(command.tag, command.replies);
  pending_.Release(command);
  if (!keep_alive_ && pending_.empty()) UpdateKeepAlive();
}

void Connection::FailCommand(Command& command, const Error& error) {
  if (partly_answered_ == &command) partly_answered_ = nullptr;
  pending_.Remove(command);
  command.handler->OnFailure(command.tag, error);
  pending_.Release(command);
  if (!keep_alive_ && pending_.empty()) UpdateKeepAlive();
}

void Connection::FailAll(const Error& error) {
  while (Command* command = pending_.first()) FailCommand(*command, error);
}

void Connection::Distrust(const Error& error) {
  if (link_ != nullptr) link_->Fail(error);
}

// ---- Deadlines ----

void Connection::ArmDeadline() {
  const Command* first = pending_.first();
  if (first != nullptr) deadline_timer_->Start(CeilMilliseconds(first->deadline - Now()));
}

Error Connection::MakeTimeoutError(const Command& command) const {
  Error error;
  error.code = ErrorCode::kTimeout;
  const std::string milliseconds = std::to_string(options_.command_timeout.count());
  error.message = command.sent ? "Redis did not answer within " + milliseconds + " ms"
                               : "There was no connection to Redis for " + milliseconds + " ms";
  error.cause = last_error_;
  return error;
}

void Connection::OnDeadline() {
  const Nanoseconds now = Now();
  const Command* first = pending_.first();
  if (first != nullptr && first->deadline <= now && link_ != nullptr) {
    // Timers run before sockets are looked at: if JavaScript kept the loop for that long, the
    // answer may be there already. Whatever the next poll does not bring fails after it.
    if (overdue_.count() == 0) overdue_ = now;
    deadline_timer_->Start(std::chrono::milliseconds(1));
    return;
  }
  FailOverdue(now);
  EndTurn();
}

void Connection::FailOverdue(Nanoseconds limit) {
  overdue_ = Nanoseconds(0);
  bool silent = false;
  while (Command* command = pending_.first()) {
    if (command->deadline > limit) break;
    if (command->sent && link_ != nullptr && link_->last_read() < command->sent_at) silent = true;
    FailCommand(*command, MakeTimeoutError(*command));
  }
  ArmDeadline();
  if (silent && state_ == State::kReady) {
    Error error;
    error.code = ErrorCode::kTimeout;
    error.message = "Redis answered nothing for " +
                    std::to_string(options_.command_timeout.count()) +
                    " ms: the connection is replaced";
    Retry(std::move(error));
  }
}

// ---- The end ----

void Connection::KeepAlive(bool alive) {
  keep_alive_ = alive;
  UpdateKeepAlive();
}

void Connection::UpdateKeepAlive() {
  kept_alive_ = keep_alive_ || !pending_.empty();
  if (hooks_) hooks_->KeepAlive(kept_alive_);
}

void Connection::Close() {
  if (closing_ || state_ == State::kClosed) return;
  closing_ = true;
  if (state_ == State::kReady && !pending_.empty()) return;
  Abort();
}

void Connection::Abort() {
  closing_ = true;
  if (state_ == State::kClosing || state_ == State::kClosed) return;
  FailAll(MakeClosedError());
  Teardown();
}

void Connection::DropLink() {
  if (link_ == nullptr) return;
  link_->Close();
  dropped_.push_back(std::move(link_));
}

void Connection::Teardown() {
  state_ = State::kClosing;
  partly_answered_ = nullptr;
  DropLink();
  resolver_.reset();
  connect_timer_.reset();
  backoff_timer_.reset();
  deadline_timer_.reset();
  outage_timer_.reset();
  hooks_.reset();
  loop_.barrier->OnceEmpty([this] {
    state_ = State::kClosed;
    dropped_.clear();
    observer_->OnClosed();
  });
}

Error MakeAdmissionError(Admission admission, const Connection& connection) {
  if (admission == Admission::kClosed) return MakeClosedError();
  Error error;
  error.code = ErrorCode::kQueueFull;
  error.message = admission == Admission::kOffline
                      ? "There is no connection to Redis, and no command may wait for one"
                      : "There is no connection to Redis, and the queue of commands is full";
  error.cause = connection.last_error();
  return error;
}

const char* NameOf(Connection::State state) {
  switch (state) {
    case Connection::State::kIdle:
      return "idle";
    case Connection::State::kResolving:
      return "resolving";
    case Connection::State::kConnecting:
      return "connecting";
    case Connection::State::kHandshaking:
      return "handshaking";
    case Connection::State::kReady:
      return "ready";
    case Connection::State::kBackoff:
      return "backoff";
    case Connection::State::kClosing:
      return "closing";
    case Connection::State::kClosed:
      return "closed";
  }
  return "unknown";
}

}  // namespace connect_hiredis
