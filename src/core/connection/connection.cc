#include "connection/connection.h"

#include <utility>

#include "connection/displacement.h"
#include "connection/errors.h"

namespace connect_hiredis {

Connection::Connection(uv_loop_t* loop, ConnectionOptions options, ConnectionObserver* observer,
                       std::uint32_t seed, std::shared_ptr<Lookups> lookups)
    : loop_{loop, std::make_shared<CloseBarrier>(), std::move(lookups)},
      transport_(loop_),
      options_(std::move(options)),
      observer_(observer),
      keep_alive_(options_.keep_alive),
      backoff_(options_.backoff_min, options_.backoff_max, seed),
      capacity_(options_) {}

void Connection::Open() {
  hooks_.emplace(loop_, options_.waits_in_loop, static_cast<TurnListener*>(this));
  locator_ = MakeEndpointLocator(loop_, options_);
  connector_.emplace(loop_, locator_.get(), &transport_, &options_,
                     static_cast<ConnectorListener*>(this));
  upkeep_.emplace(loop_, options_.ping_interval, options_.connect_timeout,
                  static_cast<UpkeepListener*>(this));
  silence_.emplace(loop_, options_.command_timeout);
  backoff_timer_.emplace(loop_, [this] {
    Connect();
    EndTurn();
  });
  deadlines_.emplace(loop_, options_.command_timeout, &pending_);
  outage_timer_.emplace(loop_);
  outage_timer_->Start(options_.disconnect_after);
  Connect();
  UpdateKeepAlive();
}

Connection::State Connection::state() const {
  if (closing_ && state_ == State::kReady) return State::kClosing;
  if (state_ != State::kConnecting) return state_;
  switch (connector_->stage()) {
    case Connector::Stage::kResolving:
      return State::kResolving;
    case Connector::Stage::kHandshaking:
      return State::kHandshaking;
    case Connector::Stage::kIdle:
    case Connector::Stage::kConnecting:
      break;
  }
  return State::kConnecting;
}

// ---- Connecting ----

void Connection::Connect() {
  state_ = State::kConnecting;
  connector_->Start(displaced_from_, pending_.NeedMaster());
}

void Connection::OnWayFound() {
  link_ = connector_->TakeLink();
  link_->Listen(this);
  state_ = State::kReady;
  ready_since_ = Now();
  ++epoch_;
  proven_ = false;
  // A server that takes commands only to drop the connection, or to send them away, is not up.
  if (pending_.empty()) Prove();
  last_error_ = nullptr;
  upkeep_->Begin(CredentialsLeft());
  observer_->OnReady();
  RaiseFence();
  SendWaiting();
}

void Connection::RaiseFence() {
  const Fence::Commands commands = fence_.OnReady(connector_->TakeIdentity());
  if (commands.count == 0) return;
  link_->Append(commands.wire, commands.count, kFenceId, Now());
  silence_->Expect();
}

void Connection::Prove() {
  proven_ = true;
  outage_timer_->Stop();
  if (!displaced_) backoff_.Reset();
}

// The connection, or the attempt at one, came to nothing.
void Connection::Retry(Error error, bool refused) {
  const bool was_ready = state_ == State::kReady;
  if (was_ready) fence_.OnBroken(link_->unanswered() > 0);
  pending_.MarkAllWaiting(was_ready ? link_->bytes_written() : 0);
  DropLink();
  upkeep_->End();
  silence_->End();
  partly_answered_ = nullptr;
  pace_.Left();
  if (Command* ping = pinging_ == 0 ? nullptr : pending_.Find(ping_id_); ping != nullptr) {
    // It has done what it was for.
    FailCommand(*ping, error);
  }

  if (closing_) {
    FailAll(MakeClosedError());
    Teardown();
    return;
  }
  last_error_ = std::make_shared<const Error>(std::move(error));
  observer_->OnError(*last_error_);
  if (was_ready) {
    broken_by_ = last_error_;
    if (proven_ || !outage_timer_->active()) outage_timer_->Start(options_.disconnect_after);
    displaced_ = sent_away_.has_value();
    if (!displaced_) displaced_from_.clear();
    if (Now() - ready_since_ >= options_.backoff_max) backoff_.Reset();
  }
  sent_away_.reset();
  state_ = State::kBackoff;
  backoff_timer_->Start(refused ? backoff_.Slowest() : backoff_.Next());
}

Statistics Connection::statistics() const {
  Statistics statistics = past_;
  statistics.connections = epoch_;
  statistics.waiting = pending_.waiting();
  statistics.waiting_bytes = pending_.waiting_bytes();
  statistics.in_flight = pending_.size() - pending_.waiting();
  if (link_ != nullptr) {
    statistics.bytes_received += link_->bytes_read();
    statistics.bytes_sent += link_->bytes_written();
  }
  return statistics;
}

// ---- Events of the loop ----

void Connection::OnLinkServed() {
  CheckLink();
  EndTurn();
}

void Connection::OnAfterPoll() {
  Flush();
  if (link_ != nullptr) {
    CheckLink();
  } else if (connector_) {
    connector_->Check();
  }
  // Unless that has ended the connection.
  if (hooks_) LookAtTime();
  EndTurn();
}

void Connection::OnBlocked(Nanoseconds blocked, Nanoseconds now) {
  deadlines_->Postpone(blocked, now, LastHeard());
  outage_timer_->Postpone(blocked);
  connector_->Postpone(blocked, now);
  if (link_ != nullptr) silence_->Postpone(*link_, blocked, now);
}

void Connection::LookAtTime() {
  if (outage_timer_->TakeFired()) observer_->OnOutage();
  const auto fired = deadlines_->TakeFired();
  if (fired) FailOverdue(*fired);
  // The last: it may end the connection.
  const bool silent = link_ != nullptr && silence_->Endures(*link_, fired, deadlines_->leeway());
  if (silent) ReplaceSilent();
}

void Connection::Flush() {
  if (link_ == nullptr) return;
  pace_.Left();
  link_->Flush();
}

void Connection::CheckLink() {
  FailOffender();
  if (sent_away_) {
    Retry(*sent_away_);
  } else if (link_->failure()) {
    Retry(*link_->failure());
  } else {
    SendWaiting();
  }
}

// What cannot be read the first time cannot be read again: the others are sent again without it.
void Connection::FailOffender() {
  const auto offender = link_->offender();
  Command* command = offender ? pending_.Find(*offender) : nullptr;
  if (command != nullptr) FailCommand(*command, *link_->failure());
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
  const bool refusal = reply.is(Reply::Type::kError);
  if (refusal && IsDisplacement(reply.text())) {
    sent_away_ = MakeReplyError(reply.text());
    displaced_from_ = link_->address();
    // This one was not carried out. Those behind it may be: their answers count.
    if (Command* command = pending_.Find(id)) {
      command->sent_away = true;
      command->needs_master = IsReadOnly(reply.text());
    }
    partly_answered_ = nullptr;
    return;
  }
  if (id == kFenceId) {
    // Whether there was such a connection, and whether this user may end one.
    fence_.OnAnswer();
    return;
  }
  if (id == kAuthenticationId) {
    if (!refusal) {
      ExpectStatus(reply);
      return;
    }
    // Redis leaves the connection as it was.
    upkeep_->RenewalFailed();
    observer_->OnError(MakeReplyError(reply.text()));
    return;
  }
  ++past_.replies;
  Command* command = pending_.Find(id);
  // Its deadline had run out: the late reply is thrown away.
  if (command == nullptr || command->sent_away) return;
  command->replies.push_back(reply);
  if (command->replies.size() < command->expected) {
    partly_answered_ = command;
    return;
  }
  partly_answered_ = nullptr;
  Complete(*command);
  if (!proven_) Prove();
}

// ---- Commands ----

Admission Connection::Admit(const KeyView& key) const {
  return closing_ ? Admission::kClosed : AdmitNext(key);
}

Admission Connection::AdmitNext(const KeyView& /*key*/) const {
  if (state_ == State::kIdle || state_ == State::kClosing || state_ == State::kClosed) {
    return Admission::kClosed;
  }
  return connected() ? capacity_.ToBeAnswered(pending_, *link_) : capacity_.ToWait(pending_);
}

bool Connection::connected() const {
  return state_ == State::kReady && !link_->failure() && !sent_away_;
}

bool Connection::CanSend() const {
  return connected() && pending_.waiting() == 0 && Capacity::MaySend(*link_);
}

void Connection::Submit(Command& command) {
  command.submitted = Now();
  const bool send = CanSend();
  pending_.Append(command);
  if (send) Send(command, command.submitted);
  deadlines_->Begin(command);
  if (!kept_alive_) UpdateKeepAlive();
}

void Connection::Send(Command& command, Nanoseconds now) {
  pending_.MarkSent(command);
  command.sent_at = link_->bytes_appended();
  past_.commands += command.expected;
  silence_->Expect();
  // A refusal shows in the link's failure: the command is sent again on the next link.
  if (!link_->Append(command.wire, command.expected, command.id(), now)) return;
  if (pace_.Add(pending_.size()) || command.expected >= Pace::kMost || command.at_once) Flush();
}

void Connection::SendWaiting() {
  if (pending_.waiting() == 0 || !connected()) return;
  const Nanoseconds now = Now();
  while (Command* command = pending_.first_waiting()) {
    if (!connected() || !Capacity::MaySendWaiting(*link_)) break;
    RefreshTimeToLive(*command, now);
    Send(*command, now);
  }
}

Error Connection::Refusal(Admission admission) const {
  return MakeAdmissionError(admission, last_error_);
}

bool Connection::WasAttempted(CommandId id) {
  const Command* command = pending_.Find(id);
  return command != nullptr && command->attempted;
}

void Connection::Complete(Command& command) {
  pending_.Remove(command);
  command.handler->OnReplies(command.tag, command.replies);
  pending_.Release(command);
  if (!keep_alive_ && !busy()) UpdateKeepAlive();
}

void Connection::FailCommand(Command& command, const Error& error) {
  if (partly_answered_ == &command) partly_answered_ = nullptr;
  pending_.Remove(command);
  command.handler->OnFailure(command.tag, error);
  pending_.Release(command);
  if (!keep_alive_ && !busy()) UpdateKeepAlive();
}

void Connection::FailAll(const Error& error) {
  while (Command* command = pending_.first()) FailCommand(*command, error);
}

void Connection::Distrust(const Error& error) {
  if (link_ != nullptr) link_->Fail(error);
}

void Connection::ExpectStatus(const Reply& reply) {
  if (!reply.is(Reply::Type::kStatus)) Distrust(MakeUnexpectedReplyError());
}

// ---- Deadlines ----

void Connection::FailOverdue(Nanoseconds fired) {
  while (Command* command = deadlines_->Overdue(fired, LastHeard())) {
    if (command->handler != &ping_handler_) ++past_.timeouts;
    FailCommand(*command, MakeTimeoutError(*command));
  }
  deadlines_->Arm();
}

void Connection::ReplaceSilent() {
  Error error;
  error.code = ErrorCode::kTimeout;
  error.message = "Redis answered nothing for " + std::to_string(options_.command_timeout.count()) +
                  " ms: the connection is replaced";
  Retry(std::move(error));
}

// ---- The end ----

void Connection::KeepAlive(bool alive) {
  keep_alive_ = alive;
  UpdateKeepAlive();
}

void Connection::UpdateKeepAlive() {
  kept_alive_ = keep_alive_ || busy() || closing_;
  if (hooks_) hooks_->KeepAlive(kept_alive_);
}

void Connection::Close() {
  if (closing_ || state_ == State::kClosed) return;
  closing_ = true;
  if (state_ == State::kReady && !pending_.empty()) {
    UpdateKeepAlive();
    return;
  }
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
  past_.bytes_received += link_->bytes_read();
  past_.bytes_sent += link_->bytes_written();
  link_->Close();
  dropped_.push_back(std::move(link_));
}

void Connection::Teardown() {
  state_ = State::kClosing;
  partly_answered_ = nullptr;
  DropLink();
  connector_.reset();
  upkeep_.reset();
  silence_.reset();
  backoff_timer_.reset();
  deadlines_.reset();
  outage_timer_.reset();
  hooks_.reset();
  loop_.barrier->OnceEmpty([this] {
    state_ = State::kClosed;
    dropped_.clear();
    observer_->OnClosed();
  });
}

}  // namespace connect_hiredis
