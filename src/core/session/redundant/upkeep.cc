// Of Redundancy: the servers' coming and going, and what has to be looked at now and then.
#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

#include "loop/blocked_time.h"
#include "session/redundant/redundancy.h"

namespace connect_hiredis {

namespace {

constexpr std::chrono::milliseconds kLookInterval{25};
// After this time a server that owes an answer which others have given is not waited for.
constexpr std::chrono::milliseconds kPatience{50};
// Beyond a command's deadline, which the connections keep.
constexpr std::chrono::milliseconds kGrace{50};
constexpr std::size_t kMostRepairs = 1000;
// How long a server that neither answers nor refuses keeps the first operations waiting.
constexpr std::chrono::milliseconds kStart{250};

}  // namespace

// ---- Servers ----

void Redundancy::OnTurnEnd(std::size_t index) {
  members_[index]->Look();
  LookAtStart(Now());
  if (timer_ && Restless()) StartTimer();
  flush_();
  told_.clear();
}

void Redundancy::LookAtStart(Nanoseconds now) {
  if (!starting_) return;
  const bool known = std::all_of(members_.begin(), members_.end(),
                                 [](const auto& member) { return member->known(); });
  if (!known && now - started_ < std::min(kStart, options_.command_timeout / 2)) return;
  starting_ = false;
  DispatchWaiting();
}

void Redundancy::OnClosed(std::size_t index) {
  members_[index]->OnClosed();
  LookAtStart(Now());
  if (--open_ > 0) return;
  FailWaiting();
  repairs_.clear();
  for (const auto& mending : std::exchange(mending_, {})) mending->Cancel();
  FailSearches();
  LookAtAlignments(Nanoseconds::max());
  timer_.reset();
  flush_();
  told_.clear();
}

Servers Redundancy::SteadySince(Nanoseconds time, const Member& member) const {
  Servers found = 0;
  for (const auto& other : members_) {
    const bool steady = other->standing() == Standing::kTrusted && other->known_since() <= time;
    if (steady && !other->refuses() && other->index() != member.index()) found |= other->bit();
  }
  return found;
}

void Redundancy::OnStandingChanged(Member& member) {
  if (member.standing() == Standing::kAway) {
    for (const auto& other : members_) other->OnSourceLost(member);
    // Whoever waits for it alone waits no longer.
    for (std::size_t index = 0; index < requests_.size(); ++index) {
      const Request& request = requests_[index];
      if (!request.free && (request.ballot.outstanding() & member.bit()) != 0) Evaluate(index);
    }
  }
  DispatchWaiting();
}

// ---- Time ----

bool Redundancy::Restless() const {
  return woken_ || active_ > 0 || !walkers_.empty() || !repairs_.empty() || !mending_.empty() ||
         !alignments_.empty() ||
         std::any_of(members_.begin(), members_.end(),
                     [](const auto& member) { return member->restless(); });
}

// What waits for a server keeps the process alive: no connection does it in its place.
void Redundancy::StartTimer() {
  if (!timer_) return;
  if (!timer_->active()) {
    timer_->Start(kLookInterval);
    look_at_ = Now() + kLookInterval;
  }
  timer_->KeepAlive(woken_ || !waiting_.empty() || !alignments_.empty() || !walkers_.empty() ||
                    searching_ > 0);
}

void Redundancy::LookAtTime() {
  const Nanoseconds now = Now();
  if (now - look_at_ > BlockedTime::kTurn) Postpone(now - look_at_ - BlockedTime::kTurn, now);
  LookAtStart(now);
  for (const auto& member : members_) {
    member->Look();
    member->LookAtTime(now);
  }
  LookForSilence(now);
  FailOverdue(now);
  DispatchWaiting();
  RunRepairs(now);
  for (const auto& mending : std::vector(mending_)) mending->LookAtTime(now);
  LookAtAlignments(now);
  woken_ = false;
  if (Restless()) StartTimer();
  flush_();
  told_.clear();
}

// The loop was blocked: that does not count.
void Redundancy::Postpone(Nanoseconds blocked, Nanoseconds now) {
  const auto postpone = [&](Nanoseconds& begun) { begun = std::min(begun + blocked, now); };
  postpone(started_);
  for (Request& request : requests_) {
    if (!request.free) postpone(request.begun);
  }
  for (Walker& walker : walkers_) postpone(walker.begun);
  for (const auto& alignment : alignments_) alignment->patience_end += blocked;
}

// Only what was so at the last look, too, is concluded: a timer may fire before the sockets of an
// application that was busy are read.
void Redundancy::LookForSilence(Nanoseconds now) {
  Servers unheard = 0;
  for (const Request& request : requests_) {
    const Ballot& ballot = request.ballot;
    const bool answered = (ballot.yes() | ballot.no()) != 0;
    if (request.free || !answered || now - request.begun < kPatience) continue;
    unheard |= ballot.outstanding();
  }
  const Servers silent = unheard & std::exchange(unheard_, unheard);
  bool changed = false;
  for (const auto& member : members_) {
    if ((member->bit() & silent) == 0 || member->silent()) continue;
    member->SetSilent();
    changed = true;
  }
  if (!changed) return;
  for (std::size_t index = 0; index < requests_.size(); ++index) {
    if (!requests_[index].free && !requests_[index].decided) Evaluate(index);
  }
}

Error Redundancy::TimeoutError() const {
  Error error;
  error.code = ErrorCode::kTimeout;
  error.message = "None of the servers answered within " +
                  std::to_string(options_.command_timeout.count()) + " ms";
  for (const auto& member : members_) {
    if (!error.cause) error.cause = member->connection().last_error();
  }
  return error;
}

void Redundancy::FailOverdue(Nanoseconds now) {
  // Those that wait again are not in the order of their time.
  waiting_.EraseIf([&](std::size_t index) {
    if (now - requests_[index].begun < options_.command_timeout) return false;
    TellFailure(requests_[index], TimeoutError());
    Free(index);
    return true;
  });
  const auto late = std::stable_partition(walkers_.begin(), walkers_.end(), [&](const Walker& one) {
    return now - one.begun < options_.command_timeout;
  });
  const std::vector<Walker> overdue(std::make_move_iterator(late),
                                    std::make_move_iterator(walkers_.end()));
  walkers_.erase(late, walkers_.end());
  const Error timeout = TimeoutError();
  for (const Walker& walker : overdue) walker.proceed(&timeout);
  for (Request& request : requests_) {
    const bool open = !request.free && !request.decided && !request.waiting;
    if (!open || now - request.begun < options_.command_timeout + kGrace) continue;
    TellFailure(request, TimeoutError());
    Decide(request, Ballot::Verdict::kFailed);
  }
}

// ---- Sessions that a trusted server lacks ----

// Later: another process may be writing or destroying the session at this moment.
void Redundancy::ScheduleRepairs(const Request& request) {
  const Nanoseconds now = Now();
  if (destroyed_.At(request.id, now) || repairing_.contains(request.id)) return;
  // Where the values differ all processes take that of the first, unless it may have an old one.
  const Servers sure = request.ballot.yes() & request.ballot.vouching();
  const auto first =
      static_cast<std::size_t>(std::countr_zero(sure != 0 ? sure : request.ballot.yes()));
  Member& source = *members_[first];
  const Servers others = request.ballot.no() | (request.differs ? request.ballot.yes() : 0);
  for (const auto& target : members_) {
    const bool concerned = (target->bit() & others & ~source.bit()) != 0;
    if (!concerned || target->standing() != Standing::kTrusted) continue;
    if (repairs_.size() + mending_.size() >= kMostRepairs) return;
    repairs_.push_back({.due = now + options_.command_timeout,
                        .id = request.id,
                        .source = &source,
                        .source_epoch = source.connection().epoch(),
                        .target = target.get(),
                        .target_epoch = target->connection().epoch()});
    repairing_.insert(request.id);
  }
}

void Redundancy::RunRepairs(Nanoseconds now) {
  while (!repairs_.empty() && repairs_.front().due <= now) {
    const Repair repair = std::move(repairs_.front());
    repairs_.pop_front();
    repairing_.erase(repair.id);
    RunRepair(repair);
  }
}

void Redundancy::RunRepair(const Repair& repair) {
  const auto steady = [](Member& member, std::uint64_t epoch) {
    return member.standing() == Standing::kTrusted && !member.silent() &&
           member.connection().epoch() == epoch;
  };
  if (!steady(*repair.source, repair.source_epoch) ||
      !steady(*repair.target, repair.target_epoch) || destroyed_.At(repair.id, Now())) {
    return;
  }
  const auto work = std::make_shared<std::weak_ptr<Reconciliation>>();
  const auto reconciliation = Reconciliation::Create(
      {&repair.source->errands()}, &repair.target->errands(), Comparison(Comparison::Mode::kMend),
      [this, target = repair.target, work](bool complete) {
        const auto done = work->lock();
        std::erase(mending_, done);
        if (complete && done && done->filled() > 0) target->CountRepair();
      });
  *work = reconciliation;
  mending_.push_back(reconciliation);
  reconciliation->BeginWith({repair.id});
}

// A server that keeps others waiting for long does not keep the caller.
void Redundancy::LookAtAlignments(Nanoseconds now) {
  while (!alignments_.empty()) {
    Alignment& alignment = *alignments_.front();
    if (!alignment.told && now < alignment.patience_end) return;
    if (!std::exchange(alignment.told, true)) {
      for (const auto& member : members_) {
        const bool missing = (member->bit() & alignment.pending) != 0;
        if (missing) member->Missed(alignment.id, alignment.change);
      }
      sink_->OnCount(alignment.slot, 1);
    }
    alignments_.pop_front();
  }
}

}  // namespace connect_hiredis
