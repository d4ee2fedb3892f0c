#include "session/redundant/reconciliation.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace connect_hiredis {

namespace {

// Differences of the times to live that are worth a command, in milliseconds.
constexpr TimeToLive kTolerance = 1000;

constexpr std::size_t kMostMissing = 10'000;

// Sessions that others wrote between reading and writing are looked at again, so often in all.
constexpr std::size_t kMostConflicts = 1000;

bool SameExpiry(TimeToLive one, TimeToLive other) {
  if (one < 0 || other < 0) return (one < 0) == (other < 0);
  return std::abs(one - other) <= kTolerance;
}

}  // namespace

Reconciliation::Reconciliation(Errands* source, Errands* target, Done done)
    : source_(source), target_(target), done_(std::move(done)) {}

std::shared_ptr<Reconciliation> Reconciliation::Create(Errands* source, Errands* target,
                                                       Done done) {
  return std::shared_ptr<Reconciliation>(new Reconciliation(source, target, std::move(done)));
}

void Reconciliation::BeginWith(std::vector<std::string> ids, bool removes) {
  ids_ = std::move(ids);
  removes_ = removes;
  Proceed();
}

void Reconciliation::BeginWithAll() {
  // The last one is walked first.
  walkers_ = {target_, source_};
  for (Errands* walker : walkers_) walks_.push_back(walker->NewEnumeration(kBatchSize));
  Proceed();
}

void Reconciliation::Cancel() { done_ = nullptr; }

void Reconciliation::End(bool complete) {
  const Done done = std::exchange(done_, nullptr);
  if (done) done(complete);
}

void Reconciliation::Proceed() {
  if (!done_) return;
  if (failed_) {
    End(false);
  } else if (missing_.size() >= kMostMissing) {
    // LookAtTime goes on.
  } else if (!ids_.empty()) {
    const std::size_t count = std::min(kBatchSize, ids_.size());
    const auto begin = ids_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<std::string> batch(std::make_move_iterator(begin),
                                   std::make_move_iterator(ids_.end()));
    ids_.erase(begin, ids_.end());
    Compare(std::move(batch), false);
  } else if (!walks_.empty()) {
    NextIds();
  } else if (missing_.empty()) {
    End(true);
  }
}

void Reconciliation::LookAtTime(Nanoseconds now) {
  const bool waits = pending_ == 0 && !missing_.empty() && now - missing_since_ >= kSecondLook;
  const bool rests = ids_.empty() && walks_.empty();
  if (!done_ || !waits || (!rests && missing_.size() < kMostMissing)) return;
  const std::size_t count = std::min(kBatchSize, missing_.size());
  const auto begin = missing_.end() - static_cast<std::ptrdiff_t>(count);
  std::vector<std::string> batch(std::make_move_iterator(begin),
                                 std::make_move_iterator(missing_.end()));
  missing_.erase(begin, missing_.end());
  Compare(std::move(batch), true);
}

void Reconciliation::NextIds() {
  ++pending_;
  const bool sent =
      walkers_.back()->Next(walks_.back(), [self = shared_from_this()](Errands::Outcome outcome) {
        --self->pending_;
        if (outcome.error) self->failed_ = true;
        self->ids_ = std::move(outcome.ids);
        if (outcome.last) {
          self->walks_.pop_back();
          self->walkers_.pop_back();
        }
        self->Proceed();
      });
  if (sent) return;
  --pending_;
  End(false);
}

void Reconciliation::Compare(std::vector<std::string> ids, bool second_look) {
  batch_ = std::move(ids);
  second_look_ = second_look;
  at_source_.clear();
  at_target_.clear();
  const auto take = [self = shared_from_this()](std::vector<Errands::Found> Reconciliation::*side) {
    return [self, side](Errands::Outcome outcome) {
      if (outcome.error) self->failed_ = true;
      (*self).*side = std::move(outcome.found);
      if (--self->pending_ > 0) return;
      if (self->failed_) {
        self->Proceed();
      } else {
        self->Mend(self->second_look_);
      }
    };
  };
  pending_ = 2;
  if (!source_->GetMany(batch_, take(&Reconciliation::at_source_))) {
    pending_ = 0;
    End(false);
  } else if (!target_->GetMany(batch_, take(&Reconciliation::at_target_))) {
    // The other answer is still to come.
    --pending_;
    failed_ = true;
  }
}

void Reconciliation::Change(bool sent) {
  if (sent) {
    ++pending_;
  } else {
    failed_ = true;
  }
}

void Reconciliation::OnChanged(const Errands::Outcome& outcome) {
  if (outcome.error) failed_ = true;
  if (--pending_ == 0) Proceed();
}

// What somebody else wrote meanwhile is left alone, and compared again.
void Reconciliation::OnReplaced(const std::string& id, const Errands::Outcome& outcome) {
  if (!outcome.error && outcome.count == 0 && conflicts_ < kMostConflicts) {
    ++conflicts_;
    ids_.push_back(id);
  }
  OnChanged(outcome);
}

void Reconciliation::Mend(bool second_look) {
  if (!done_) return;
  std::unordered_map<std::string_view, const Errands::Found*> there;
  for (const Errands::Found& found : at_target_) there.emplace(found.id, &found);
  const auto changed = [self = shared_from_this()](const Errands::Outcome& outcome) {
    self->OnChanged(outcome);
  };
  for (const Errands::Found& found : at_source_) {
    const auto& [id, value, time_to_live] = found;
    const auto same = there.find(id);
    if (same == there.end()) {
      Change(target_->Set(id, value, time_to_live, Existence::kMustNotExist, changed));
      ++filled_;
      continue;
    }
    const Errands::Found& other = *same->second;
    there.erase(same);
    if (other.value != value) {
      Change(
          target_->Replace(id, other.value, value, time_to_live,
                           [self = shared_from_this(), id = id](const Errands::Outcome& outcome) {
                             self->OnReplaced(id, outcome);
                           }));
    } else if (!SameExpiry(other.time_to_live, time_to_live)) {
      Change(target_->Touch(id, time_to_live, changed));
    }
  }
  for (const auto& [id, found] : there) {
    if (!removes_) break;
    if (second_look) {
      Change(target_->Destroy(id, changed));
    } else {
      if (missing_.empty()) missing_since_ = Now();
      missing_.emplace_back(id);
    }
  }
  if (pending_ == 0) Proceed();
}

}  // namespace connect_hiredis
