#include "session/redundant/reconciliation.h"

#include <algorithm>
#include <iterator>

namespace connect_hiredis {

namespace {

constexpr std::size_t kMostDoubtful = 100'000;

// Sessions that others wrote between reading and writing are looked at again, so often in all.
constexpr std::size_t kMostConflicts = 1000;

Comparison::Copy CopyOf(const Errands::Found& found) {
  return {.value = found.value, .time_to_live = found.time_to_live};
}

}  // namespace

Reconciliation::Reconciliation(std::vector<Errands*> sources, Errands* target,
                               Comparison comparison, Done done,
                               std::chrono::milliseconds second_look)
    : sources_(std::move(sources)),
      target_(target),
      comparison_(std::move(comparison)),
      done_(std::move(done)),
      pause_(second_look) {
  for (const Errands* source : sources_) epochs_.push_back(source->epoch());
  epochs_.push_back(target_->epoch());
}

std::shared_ptr<Reconciliation> Reconciliation::Create(std::vector<Errands*> sources,
                                                       Errands* target, Comparison comparison,
                                                       Done done,
                                                       std::chrono::milliseconds second_look) {
  return std::shared_ptr<Reconciliation>(new Reconciliation(
      std::move(sources), target, std::move(comparison), std::move(done), second_look));
}

bool Reconciliation::Broken() const {
  for (std::size_t index = 0; index < sources_.size(); ++index) {
    if (sources_[index]->epoch() != epochs_[index]) return true;
  }
  return target_->epoch() != epochs_.back();
}

void Reconciliation::BeginWith(std::vector<std::string> ids) {
  ids_ = std::move(ids);
  Proceed();
}

void Reconciliation::BeginWithAll() {
  if (comparison_.mode() == Mode::kMirror) {
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
  const Nanoseconds now = Now();
  const auto due = [&] { return !doubtful_.empty() && now - doubtful_.front().first >= pause_; };
  if (failed_) {
    End(false);
  } else if (due()) {
    std::vector<std::string> batch;
    while (due() && batch.size() < at_once_) {
      batch.push_back(std::move(doubtful_.front().second));
      doubtful_.pop_front();
    }
    Compare(std::move(batch), true);
  } else if (!ids_.empty()) {
    const std::size_t count = std::min(at_once_, ids_.size());
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
  if (waits && now - doubtful_.front().first >= pause_) Proceed();
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
  // What was asked before a connection broke may have been answered by an empty server after it.
  if (Broken()) failed_ = true;
  if (failed_) {
    Proceed();
  } else {
    AdaptBatch();
    Mend();
  }
}

void Reconciliation::AdaptBatch() {
  std::size_t most = 0;
  const auto add = [&](const Sessions& side) {
    std::size_t bytes = 0;
    for (const auto& [id, found] : side) bytes += found.value.size();
    most = std::max(most, bytes);
  };
  for (const Sessions& answer : answers_) add(answer);
  add(at_target_);
  if (most > kMostBytes) {
    at_once_ = std::max<std::size_t>(at_once_ / 2, 1);
  } else if (most <= kMostBytes / 2) {
    at_once_ = std::min(at_once_ * 2, kBatchSize);
  }
}

void Reconciliation::Mend() {
  if (!done_) return;
  at_sources_.clear();
  for (Sessions& answer : answers_) at_sources_.merge(answer);
  pending_ = 1;  // until all has been begun
  for (const auto& [id, source] : at_sources_) MendOne(id);
  for (const auto& [id, target] : at_target_) {
    if (!at_sources_.contains(id)) MendOne(id);
  }
  if (--pending_ == 0) Proceed();
}

void Reconciliation::MendOne(const std::string& id) {
  const auto find = [&id](const Sessions& side) {
    const auto found = side.find(id);
    return found == side.end() ? nullptr : &found->second;
  };
  const Errands::Found* source = find(at_sources_);
  const Errands::Found* target = find(at_target_);
  const Comparison::Copy right = source == nullptr ? Comparison::Copy() : CopyOf(*source);
  const Comparison::Copy other = target == nullptr ? Comparison::Copy() : CopyOf(*target);
  const auto [action, again] = comparison_.Judge(
      id, source == nullptr ? nullptr : &right, target == nullptr ? nullptr : &other, second_look_);
  Carry(action, source, target);
  if (again) doubtful_.emplace_back(Now(), id);
}

void Reconciliation::Carry(Comparison::Action action, const Errands::Found* source,
                           const Errands::Found* target) {
  if (action == Comparison::Action::kNothing) return;
  const auto self = shared_from_this();
  const auto& id = (source == nullptr ? target : source)->id;
  const auto replaced = [self, id](const Errands::Outcome& outcome) {
    self->OnReplaced(id, outcome);
  };
  switch (action) {
    case Comparison::Action::kNothing:
      break;
    case Comparison::Action::kCreate:
      Change(target_->Set(id, source->value, source->time_to_live, Existence::kMustNotExist,
                          [self](const Errands::Outcome& outcome) {
                            if (outcome.count > 0) ++self->filled_;
                            self->OnChanged(outcome);
                          }));
      break;
    case Comparison::Action::kReplace:
      Change(target_->Replace(id, target->value, source->value, source->time_to_live, replaced));
      break;
    case Comparison::Action::kRenew:
      Change(target_->Touch(id, source->time_to_live,
                            [self](const Errands::Outcome& outcome) { self->OnChanged(outcome); }));
      break;
    case Comparison::Action::kRemove:
      Change(target_->Remove(id, target->value, replaced));
      break;
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

}  // namespace connect_hiredis
