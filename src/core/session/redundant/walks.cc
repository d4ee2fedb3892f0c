#include "session/redundant/walks.h"

#include <algorithm>
#include <utility>

#include "session/clear.h"

namespace connect_hiredis {

// ---- WalkOfAll ----

Admission WalkOfAll::Next(Slot slot) {
  const Admission admission = redundancy_->AdmitWalk();
  if (admission != Admission::kAccepted) return admission;
  slot_ = slot;
  self_ = shared_from_this();
  if (std::exchange(begun_, true)) {
    Proceed();
  } else if (redundancy_->Deciding().empty()) {
    redundancy_->WaitForServer([this](const Error* error) {
      if (error != nullptr) {
        error_ = *error;
        End(false);
      } else {
        Begin();
      }
    });
  } else {
    Begin();
  }
  return Admission::kAccepted;
}

void WalkOfAll::End(bool success) {
  const auto self = Settle();
  redundancy_->Wake();
  if (success) {
    TellDone();
  } else {
    redundancy_->sink().OnFailure(slot_,
                                  error_ ? *error_ : redundancy_->Refusal(Admission::kClosed));
  }
}

// ---- UnionWalk ----

UnionWalk::UnionWalk(Redundancy* redundancy, Enumeration::Kind kind, std::string prefix,
                     std::size_t batch_size)
    : WalkOfAll(redundancy), kind_(kind), prefix_(std::move(prefix)), batch_size_(batch_size) {}

std::shared_ptr<Walk> UnionWalk::Create(Redundancy* redundancy, Enumeration::Kind kind,
                                        std::string prefix, std::size_t batch_size) {
  return std::shared_ptr<UnionWalk>(new UnionWalk(redundancy, kind, std::move(prefix), batch_size));
}

void UnionWalk::Begin() {
  servers_ = redundancy_->Deciding();
  several_ = servers_.size() > 1;
  std::reverse(servers_.begin(), servers_.end());
  Proceed();
}

void UnionWalk::Proceed() {
  while (owed()) {
    if (!current_ && servers_.empty()) {
      End(walked_);
      return;
    }
    if (!current_) {
      const Enumeration::Kind each =
          kind_ == Enumeration::Kind::kCount ? Enumeration::Kind::kIds : kind_;
      current_ =
          Enumeration::Create(&servers_.back()->connection(), this, each, prefix_, batch_size_);
    }
    const Admission admission = current_->Next(0);
    if (admission == Admission::kAccepted) return;
    error_ = servers_.back()->connection().Refusal(admission);
    NextServer();
  }
}

void UnionWalk::NextServer() {
  current_ = nullptr;
  servers_.pop_back();
}

void UnionWalk::OnBatch(Slot /*slot*/, Batch batch) {
  if (several_) {
    std::erase_if(batch.ids, [this](const std::string& id) { return !seen_.Add(id); });
    std::erase_if(batch.values, [this](const StoredValue& value) { return !seen_.Add(value.id); });
  }
  if (batch.last) {
    walked_ = true;
    NextServer();
  }
  batch.last = servers_.empty();
  if (kind_ == Enumeration::Kind::kCount) {
    count_ += static_cast<std::int64_t>(batch.ids.size());
    Proceed();
  } else if (batch.last || !batch.ids.empty() || !batch.values.empty()) {
    const auto self = Settle();
    redundancy_->sink().OnBatch(slot_, std::move(batch));
  } else {
    Proceed();
  }
}

// What it had is on the others, or cannot be had.
void UnionWalk::OnFailure(Slot /*slot*/, const Error& error) {
  error_ = error;
  NextServer();
  Proceed();
}

void UnionWalk::TellDone() {
  if (kind_ == Enumeration::Kind::kCount) {
    redundancy_->sink().OnCount(slot_, count_);
  } else {
    redundancy_->sink().OnBatch(slot_, {.ids = {}, .values = {}, .last = true});
  }
}

// ---- ClearEverywhere ----

ClearEverywhere::ClearEverywhere(Redundancy* redundancy, std::string prefix, std::size_t batch_size)
    : WalkOfAll(redundancy), prefix_(std::move(prefix)), batch_size_(batch_size) {}

std::shared_ptr<Walk> ClearEverywhere::Create(Redundancy* redundancy, std::string prefix,
                                              std::size_t batch_size) {
  return std::shared_ptr<ClearEverywhere>(
      new ClearEverywhere(redundancy, std::move(prefix), batch_size));
}

void ClearEverywhere::Begin() {
  pending_ = 1;  // until all have been asked
  for (const auto& member : redundancy_->members()) {
    if (member->closed()) continue;
    // What it is still to be told it would have again when it is cleared.
    if (member->standing() == Standing::kAway || member->silent() || !member->complete()) {
      missing_.push_back(member.get());
    }
    if (member->standing() == Standing::kAway || member->silent()) continue;
    auto one = std::make_unique<One>(this, member.get());
    ++pending_;
    ResultSink* sink = one.get();
    servers_.push_back(std::move(one));
    const Admission admission = Clear::Run(&member->connection(), sink, 0, prefix_, batch_size_);
    if (admission == Admission::kAccepted) continue;
    OnFailed(*member, member->connection().Refusal(admission));
  }
  Answered();
}

void ClearEverywhere::Answered() {
  if (--pending_ == 0) End(cleared_);
}

void ClearEverywhere::OnCleared(std::int64_t count) {
  cleared_ = true;
  most_ = std::max(most_, count);
  Answered();
}

void ClearEverywhere::OnFailed(Member& member, const Error& error) {
  error_ = error;
  missing_.push_back(&member);
  Answered();
}

void ClearEverywhere::TellDone() {
  for (Member* member : missing_) member->MissedMore();
  redundancy_->sink().OnCount(slot_, most_);
}

}  // namespace connect_hiredis
