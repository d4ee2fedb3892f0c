#include "session/redundant/member.h"

#include <utility>

namespace connect_hiredis {

Member::Member(std::uint32_t index, Connection* connection, const std::string& prefix,
               std::chrono::milliseconds settling_time, Nanoseconds now, MemberListener* listener)
    : index_(index),
      connection_(connection),
      settling_time_(settling_time),
      listener_(listener),
      operations_(connection, this),
      errands_(connection, prefix),
      lost_at_(now) {}

Member::Report Member::report() const {
  return {.standing = standing_,
          .journal = journal_.size(),
          .missed = missed_,
          .repairs = repairs_,
          .comparisons = comparisons_};
}

bool Member::restless() const {
  return !closed_ &&
         (standing_ == Standing::kCatchingUp || standing_ == Standing::kSettling ||
          retry_at_ != Nanoseconds(0) ||
          (must_fill_ && FillingFor(listener_->TakeCensus(), bit(), filled_from_).teachers != 0));
}

void Member::ChangeStanding(Standing standing) {
  if (standing_ == standing) return;
  // What it still lacked it gets before it is trusted again.
  if (standing < Standing::kTrusted && std::exchange(must_fill_, false)) must_compare_ = true;
  standing_ = standing;
  listener_->OnStandingChanged(*this);
}

// ---- The connection ----

void Member::Look() {
  if (closed_) return;
  const bool ready = connection_->state() == Connection::State::kReady;
  const bool same = connection_->epoch() == epoch_;
  if (standing_ != Standing::kAway && (!ready || !same)) Lose();
  if (standing_ == Standing::kAway && ready) Find();
}

void Member::Lose() {
  first_ = false;
  away_since_ = Now();
  // What it still missed it has missed since before.
  if (standing_ == Standing::kTrusted && !must_fill_) lost_at_ = silent_ ? silent_since_ : Now();
  BeginAnew();
  ChangeStanding(Standing::kAway);
}

// What has been begun in order to catch up comes to nothing.
void Member::BeginAnew() {
  ++generation_;
  silent_ = false;
  replaying_ = 0;
  sent_.clear();
  retry_at_ = Nanoseconds(0);
  compare_at_ = Nanoseconds(0);
  DropComparison();
}

void Member::Find() {
  epoch_ = connection_->epoch();
  BeginAnew();
  first_ = !std::exchange(troubled_, true);
  if (journal_.overflowed()) must_compare_ = true;
  if (first_ && complete()) {
    // Not known yet, and needed should it come back as another one.
    errands_.Identify([this, epoch = epoch_](const Errands::Outcome& outcome) {
      if (connection_->epoch() == epoch) run_id_ = outcome.text;
    });
    TrustAsItIs();
    return;
  }
  ChangeStanding(Standing::kCatchingUp);
  Identify();
}

void Member::OnClosed() {
  closed_ = true;
  Lose();
  journal_.Reset();
}

void Member::Retire() {
  closed_ = true;
  BeginAnew();
  journal_.Reset();
}

void Member::LookAtTime(Nanoseconds now) {
  // It does not take what it has missed; with nobody who knows more it is the best there is.
  const bool stuck = standing_ == Standing::kCatchingUp && replaying_ == 0 && replay_failed_;
  if (stuck && NextLesson().course == Course::kTrust) TrustAsItIs();
  if (retry_at_ != Nanoseconds(0) && now >= retry_at_) {
    retry_at_ = Nanoseconds(0);
    if (identified_) {
      Replay();
    } else {
      Identify();
    }
  } else if (standing_ == Standing::kSettling) {
    Settle(now);
  } else if (standing_ == Standing::kTrusted && must_fill_) {
    FillUp(now);
  }
}

// ---- What it does not take ----

// It may lack what was done after `since`.
void Member::FallBehind(Nanoseconds since) {
  // One that is silent does so when it is heard again.
  if (silent_ || (standing_ != Standing::kTrusted && standing_ != Standing::kSettling)) return;
  // Another one has all that this one has, and more. Else it is still the best there is.
  const Census census = listener_->TakeCensus();
  const bool others = (listener_->SteadySince(Now(), *this) & census.intact & ~census.silent) != 0;
  if (standing_ == Standing::kTrusted && !must_fill_ && others) lost_at_ = since;
  BeginAnew();
  retry_at_ = Now();
  if (others) ChangeStanding(Standing::kCatchingUp);
}

void Member::Missed(std::string_view id, const Change& change) {
  if (closed_) return;
  ++missed_;
  journal_.Add(id, change);
  FallBehind(Now());
}

void Member::MissedMore() {
  if (closed_) return;
  ++missed_;
  journal_.Overflow();
  FallBehind(Now());
}

// ---- Outcomes ----

// After a silence: what this process did meanwhile is in the journal.
void Member::Hear() {
  if (!silent_) return;
  silent_ = false;
  FallBehind(silent_since_);
}

void Member::SetSilent() {
  silent_ = true;
  silent_since_ = Now();
}

void Member::OnValue(Slot slot, std::optional<std::string_view> value, TimeToLive time_to_live) {
  Hear();
  listener_->OnMemberValue(*this, slot, value, time_to_live);
}

void Member::OnCount(Slot slot, std::int64_t count) {
  Hear();
  listener_->OnMemberCount(*this, slot, count);
}

void Member::OnFailure(Slot slot, const Error& error) {
  listener_->OnMemberFailure(*this, slot, error);
}

}  // namespace connect_hiredis
