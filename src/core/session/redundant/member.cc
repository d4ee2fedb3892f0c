#include "session/redundant/member.h"

#include <algorithm>
#include <utility>

namespace connect_hiredis {

namespace {

constexpr std::size_t kReplayBatch = 100;
// Between two attempts at a server that does not take what it has missed.
constexpr std::chrono::milliseconds kReplayPause{1000};
// The same of comparisons, after several.
constexpr std::chrono::milliseconds kMostComparePause{30'000};

}  // namespace

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
  return !closed_ && (standing_ == Standing::kCatchingUp || standing_ == Standing::kSettling ||
                      retry_at_ != Nanoseconds(0) ||
                      (must_fill_ && !listener_->SteadySince(Nanoseconds::max(), *this).empty()));
}

void Member::ChangeStanding(Standing standing) {
  if (standing_ == standing) return;
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
  // What it missed while it was catching up it has missed since before.
  if (standing_ != Standing::kCatchingUp) lost_at_ = silent_ ? silent_since_ : Now();
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
    errands_.Identify([this, generation = generation_](const Errands::Outcome& outcome) {
      if (generation == generation_) run_id_ = outcome.text;
    });
    TrustAsItIs();
    return;
  }
  ChangeStanding(Standing::kCatchingUp);
  Identify();
}

// With whatever it lacks.
void Member::TrustAsItIs() {
  DropComparison();
  steady_since_ = first_ ? lost_at_ : Now();
  known_since_ = steady_since_;
  must_fill_ = must_compare_;
  must_compare_ = false;
  replayed_.clear();
  ChangeStanding(Standing::kTrusted);
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

void Member::OnSourceLost(const Member& source) {
  if (!comparison_ || std::find(sources_.begin(), sources_.end(), &source) == sources_.end())
    return;
  DropComparison();
}

void Member::DropComparison() {
  if (comparison_) std::exchange(comparison_, nullptr)->Cancel();
  sources_.clear();
}

// ---- Catching up ----

void Member::Identify() {
  const bool sent =
      errands_.Identify([this, generation = generation_](const Errands::Outcome& outcome) {
        if (generation != generation_) return;
        // Another process of the server may have lost what this one had.
        if (!first_ && (outcome.text.empty() || outcome.text != run_id_)) must_compare_ = true;
        run_id_ = outcome.text;
        Replay();
      });
  if (sent) return;
  must_compare_ = true;
  retry_at_ = Now() + kReplayPause;
}

void Member::Replay() {
  replay_failed_ = false;
  if (journal_.overflowed()) must_compare_ = true;
  const std::vector<Journal::Entry> entries = journal_.Take(kReplayBatch);
  if (entries.empty()) {
    if (must_compare_) journal_.Reset();
    CaughtUp();
    return;
  }
  for (const Journal::Entry& entry : entries) {
    replayed_.push_back(entry.first);
    const bool sent =
        Send(entry, [this, entry, generation = generation_](const Errands::Outcome& outcome) {
          if (outcome.error) PutBack(entry);
          if (generation != generation_) return;
          if (outcome.error) replay_failed_ = true;
          if (--replaying_ > 0) return;
          sent_.clear();
          if (replay_failed_) {
            retry_at_ = Now() + kReplayPause;
          } else {
            Replay();
          }
        });
    if (sent) continue;
    journal_.Add(entry.first, entry.second);
    --replaying_;
    replay_failed_ = true;
  }
  if (replaying_ == 0) {
    retry_at_ = Now() + kReplayPause;
    sent_.clear();
  }
  if (replayed_.size() > Journal::kMaxEntries) {
    replayed_.clear();
    must_compare_ = true;
  }
}

bool Member::Send(const Journal::Entry& entry, Errands::Then then) {
  ++replaying_;
  const auto& [id, change] = entry;
  TimeToLive left = -1;
  if (change.expiry) {
    left = std::chrono::duration_cast<std::chrono::milliseconds>(*change.expiry - Now()).count();
    // It has lapsed meanwhile.
    if (left <= 0) return errands_.Destroy(id, std::move(then));
  }
  switch (change.kind) {
    case Change::Kind::kSet:
      return errands_.Set(id, *change.value, left, Existence::kAny, std::move(then));
    case Change::Kind::kTouch:
      return errands_.Touch(id, left, std::move(then));
    case Change::Kind::kDestroy:
      break;
  }
  return errands_.Destroy(id, std::move(then));
}

// Unless it has been sent a later change since.
void Member::PutBack(const Journal::Entry& entry) {
  const auto later = sent_.find(entry.first);
  if (later != sent_.end() && later->second > entry.second.sequence) return;
  journal_.Add(entry.first, entry.second);
}

void Member::Sent(std::string_view id, std::uint64_t sequence) {
  journal_.Forget(id, sequence);
  if (replaying_ > 0) sent_.insert_or_assign(std::string(id), sequence);
}

void Member::CaughtUp() {
  if (standing_ == Standing::kTrusted) return;
  // What came in the moment in which all were reached, or nobody knows more than it does.
  if (first_ || listener_->SteadySince(lost_at_, *this).empty()) {
    TrustAsItIs();
    return;
  }
  settled_at_ = Now() + settling_time_;
  ChangeStanding(Standing::kSettling);
}

void Member::Settle(Nanoseconds now) {
  const std::vector<Member*> steady = listener_->SteadySince(lost_at_, *this);
  const bool silent = std::any_of(steady.begin(), steady.end(),
                                  [](const Member* member) { return member->silent(); });
  const bool lost = std::any_of(sources_.begin(), sources_.end(), [&](const Member* source) {
    return std::find(steady.begin(), steady.end(), source) == steady.end();
  });
  if (comparison_ && lost) DropComparison();
  if (steady.empty()) {
    TrustAsItIs();
  } else if (comparison_) {
    comparison_->LookAtTime(now);
  } else if (silent || now < compare_at_) {
    return;
  } else if (must_compare_) {
    Compare(steady, Reconciliation::Mode::kMirror, std::nullopt);
  } else if (now < settled_at_) {
    return;
  } else if (!replayed_.empty()) {
    Compare(steady, Reconciliation::Mode::kMirror, replayed_);
  } else {
    Trust(steady);
  }
}

void Member::Compare(const std::vector<Member*>& sources, Reconciliation::Mode mode,
                     std::optional<std::vector<std::string>> ids) {
  sources_ = sources;
  std::vector<Errands*> errands;
  for (Member* source : sources) errands.push_back(&source->errands_);
  const bool all = !ids.has_value();
  if (all) ++comparisons_;
  const auto done = [this, all, generation = generation_](bool complete) {
    if (generation != generation_ || !comparison_) return;
    repairs_ += comparison_->filled();
    comparison_ = nullptr;
    sources_.clear();
    if (!complete) {
      // Again, perhaps with others; what has failed a moment ago is not tried at once.
      compare_pause_ = std::clamp(2 * compare_pause_, kReplayPause, kMostComparePause);
      compare_at_ = Now() + compare_pause_;
    } else if (all) {
      must_compare_ = false;
      must_fill_ = false;
    } else {
      replayed_.clear();
    }
  };
  comparison_ = Reconciliation::Create(std::move(errands), &errands_, mode, done);
  const auto comparison = comparison_;
  if (ids) {
    comparison->BeginWith(std::move(*ids));
  } else {
    comparison->BeginWithAll();
  }
}

// With all that they know.
void Member::Trust(const std::vector<Member*>& teachers) {
  DropComparison();
  replayed_.clear();
  compare_pause_ = std::chrono::milliseconds(0);
  steady_since_ = Now();
  known_since_ = steady_since_;
  for (const Member* teacher : teachers)
    known_since_ = std::min(known_since_, teacher->known_since_);
  ChangeStanding(Standing::kTrusted);
}

// Nobody knew more than it does, and it may have lost things: what others still have it gets.
void Member::FillUp(Nanoseconds now) {
  if (comparison_) {
    comparison_->LookAtTime(now);
    return;
  }
  std::vector<Member*> others = listener_->SteadySince(Nanoseconds::max(), *this);
  std::erase_if(others, [](const Member* member) { return member->silent(); });
  if (others.empty() || now < compare_at_) return;
  Compare(others, Reconciliation::Mode::kFill, std::nullopt);
}

void Member::LookAtTime(Nanoseconds now) {
  // It does not take what it has missed; with nobody who knows more it is the best there is.
  const bool stuck = standing_ == Standing::kCatchingUp && replaying_ == 0 && replay_failed_;
  if (stuck && listener_->SteadySince(lost_at_, *this).empty()) TrustAsItIs();
  if (retry_at_ != Nanoseconds(0) && now >= retry_at_) {
    retry_at_ = Nanoseconds(0);
    Replay();
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
  const std::vector<Member*> steady = listener_->SteadySince(Now(), *this);
  const bool others = std::any_of(steady.begin(), steady.end(),
                                  [](const Member* member) { return !member->silent(); });
  if (standing_ == Standing::kTrusted && others) lost_at_ = since;
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
