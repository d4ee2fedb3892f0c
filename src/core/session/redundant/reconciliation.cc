#include "session/redundant/reconciliation.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace connect_hiredis {

namespace {

// Differences of the times to live that are worth a command, in milliseconds.
constexpr TimeToLive kTolerance = 1000;

constexpr std::size_t kMostDoubtful = 100'000;

// Sessions that others wrote between reading and writing are looked at again, so often in all.
constexpr std::size_t kMostConflicts = 1000;

bool SameExpiry(TimeToLive one, TimeToLive other) {
  if (one < 0 || other < 0) return (one < 0) == (other < 0);
  return std::abs(one - other) <= kTolerance;
}

}  // namespace

Reconciliation::Reconciliation(std::vector<Errands*> sources, Errands* target, Mode mode, Done done)
    : sources_(std::move(sources)), target_(target), mode_(mode), done_(std::move(done)) {}

std::shared_ptr<Reconciliation> Reconciliation::Create(std::vector<Errands*> sources,
                                                       Errands* target, Mode mode, Done done) {
  return std::shared_ptr<Reconciliation>(
      new Reconciliation(std::move(sources), target, mode, std::move(done)));
}

void Reconciliation::BeginWith(std::vector<std::string> ids) {
  ids_ = std::move(ids);
  Proceed();
}

void Reconciliation::BeginWithAll() {
  if (mode_ == Mode::kMirror) {
    walks_.emplace_back(target_, target_->NewEnumeration(kBatchSize));
  }
  for (Errands* source : sources_) walks_.emplace_back(source, source->NewEnumeration(kBatchSize));
  Proceed();
}

void Reconciliation::End(bool complete) {
  const Done done = std::exchange(done_, nullptr);
  if (done) done(complete);
}

void Reconciliation::Proceed() {
  if (!done_) return;
  const bool due = !doubtful_.empty() && Now() - doubtful_.front().first >= kSecondLook;
  if (failed_) {
    End(false);
  } else if (due) {
    std::vector<std::string> batch;
    while (!doubtful_.empty() && batch.size() < kBatchSize) {
      batch.push_back(std::move(doubtful_.front().second));
      doubtful_.pop_front();
    }
    Compare(std::move(batch), true);
  } else if (!ids_.empty()) {
    const std::size_t count = std::min(kBatchSize, ids_.size());
    const auto begin = ids_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<std::string> batch(std::make_move_iterator(begin),
                                   std::make_move_iterator(ids_.end()));
    ids_.erase(begin, ids_.end());
    Compare(std::move(batch), false);
  } else if (!walks_.empty() && doubtful_.size() < kMostDoubtful) {
    NextIds();
  } else if (walks_.empty() && doubtful_.empty()) {
    End(true);
  }
}

void Reconciliation::LookAtTime(Nanoseconds now) {
  const bool waits = pending_ == 0 && !doubtful_.empty();
  if (waits && now - doubtful_.front().first >= kSecondLook) Proceed();
}

void Reconciliation::NextIds() {
  ++pending_;
  const auto [walker, walk] = walks_.back();
  const bool sent = walker->Next(walk, [self = shared_from_this()](Errands::Outcome outcome) {
    --self->pending_;
    if (outcome.error) self->failed_ = true;
    self->ids_ = std::move(outcome.ids);
    if (outcome.last) self->walks_.pop_back();
    self->Proceed();
  });
  if (sent) return;
  --pending_;
  End(false);
}

// ---- One batch ----

void Reconciliation::Compare(std::vector<std::string> ids, bool second_look) {
  batch_ = std::move(ids);
  second_look_ = second_look;
  answers_.assign(sources_.size(), {});
  at_target_.clear();
  pending_ = 1;  // until all are asked
  for (std::size_t index = 0; index < sources_.size(); ++index) {
    Change(sources_[index]->GetMany(batch_,
                                    [self = shared_from_this(), index](Errands::Outcome outcome) {
                                      self->Take(self->answers_[index], std::move(outcome));
                                    }));
  }
  Change(target_->GetMany(batch_, [self = shared_from_this()](Errands::Outcome outcome) {
    self->Take(self->at_target_, std::move(outcome));
  }));
  if (--pending_ == 0) Proceed();
}

void Reconciliation::Take(Sessions& side, Errands::Outcome outcome) {
  if (outcome.error) failed_ = true;
  for (Errands::Found& found : outcome.found) side.emplace(found.id, std::move(found));
  if (--pending_ > 0) return;
  if (failed_) {
    Proceed();
  } else {
    Mend();
  }
}

void Reconciliation::Mend() {
  if (!done_) return;
  at_sources_.clear();
  for (Sessions& answer : answers_) at_sources_.merge(answer);
  pending_ = 1;  // until all has been begun
  for (const auto& [id, right] : at_sources_) {
    const auto other = at_target_.find(id);
    MendOne(right, other == at_target_.end() ? nullptr : &other->second);
  }
  for (const auto& [id, stray] : at_target_) {
    if (mode_ == Mode::kAlign || at_sources_.contains(id)) continue;
    // Looked at again, it is there because of us.
    if (second_look_) {
      Change(target_->Destroy(id, [self = shared_from_this()](const Errands::Outcome& outcome) {
        self->OnChanged(outcome);
      }));
    } else if (mode_ == Mode::kMirror) {
      doubtful_.emplace_back(Now(), id);
    }
  }
  if (--pending_ == 0) Proceed();
}

void Reconciliation::MendOne(const Errands::Found& right, const Errands::Found* other) {
  const auto& [id, value, time_to_live] = right;
  const auto changed = [self = shared_from_this()](const Errands::Outcome& outcome) {
    self->OnChanged(outcome);
  };
  if (other == nullptr) {
    if (mode_ == Mode::kAlign) return;
    Change(target_->Set(
        id, value, time_to_live, Existence::kMustNotExist,
        [self = shared_from_this(), again = second_look_](const Errands::Outcome& outcome) {
          if (outcome.count > 0 && !again) ++self->filled_;
          self->OnChanged(outcome);
        }));
    doubtful_.emplace_back(Now(), id);
  } else if (mode_ == Mode::kFill ||
             (other->value == value && SameExpiry(other->time_to_live, time_to_live))) {
    return;
  } else if (mode_ == Mode::kMirror && !IsLasting(right, *other)) {
    doubtful_.emplace_back(Now(), id);
  } else if (other->value != value) {
    Change(target_->Replace(id, other->value, value, time_to_live,
                            [self = shared_from_this(), id = id](const Errands::Outcome& outcome) {
                              self->OnReplaced(id, outcome);
                            }));
  } else {
    Change(target_->Touch(id, time_to_live, changed));
  }
}

bool Reconciliation::IsLasting(const Errands::Found& right, const Errands::Found& other) {
  const std::hash<std::string> hash;
  const std::size_t now = hash(right.value) ^ (2 * hash(other.value));
  const auto [before, is_new] = differing_.try_emplace(right.id, now);
  if (!is_new && before->second == now) {
    differing_.erase(before);
    return true;
  }
  before->second = now;
  return false;
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

}  // namespace connect_hiredis
