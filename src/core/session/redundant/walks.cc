#include "session/redundant/walks.h"

#include <algorithm>
#include <utility>

namespace connect_hiredis {

namespace {

// While no server is there, the walk of the first one waits for it.
std::vector<Member*> ServersFor(Redundancy& redundancy) {
  std::vector<Member*> servers = redundancy.Deciding();
  if (!servers.empty()) return servers;
  for (const auto& member : redundancy.members()) {
    if (!member->closed()) return {member.get()};
  }
  return {};
}

}  // namespace

// ---- UnionWalk ----

UnionWalk::UnionWalk(Redundancy* redundancy, Enumeration::Kind kind, std::string prefix,
                     std::size_t batch_size)
    : redundancy_(redundancy), kind_(kind), prefix_(std::move(prefix)), batch_size_(batch_size) {}

std::shared_ptr<Walk> UnionWalk::Create(Redundancy* redundancy, Enumeration::Kind kind,
                                        std::string prefix, std::size_t batch_size) {
  return std::shared_ptr<UnionWalk>(new UnionWalk(redundancy, kind, std::move(prefix), batch_size));
}

Admission UnionWalk::Next(Slot slot) {
  if (redundancy_->closed()) return Admission::kClosed;
  if (!std::exchange(begun_, true)) {
    servers_ = ServersFor(*redundancy_);
    several_ = servers_.size() > 1;
    std::reverse(servers_.begin(), servers_.end());
  }
  slot_ = slot;
  self_ = shared_from_this();
  Proceed();
  return Admission::kAccepted;
}

void UnionWalk::Proceed() {
  while (self_) {
    if (!current_ && servers_.empty()) {
      End();
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
    error_ = MakeAdmissionError(admission, servers_.back()->connection());
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
    const auto self = std::move(self_);
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

void UnionWalk::End() {
  const auto self = std::move(self_);
  if (!walked_) {
    redundancy_->sink().OnFailure(slot_,
                                  error_ ? *error_ : redundancy_->Refusal(Admission::kClosed));
  } else if (kind_ == Enumeration::Kind::kCount) {
    redundancy_->sink().OnCount(slot_, count_);
  } else {
    redundancy_->sink().OnBatch(slot_, {.ids = {}, .values = {}, .last = true});
  }
}

// ---- ClearEverywhere ----

ClearEverywhere::ClearEverywhere(Redundancy* redundancy, std::string prefix, std::size_t batch_size)
    : redundancy_(redundancy), prefix_(std::move(prefix)), batch_size_(batch_size) {}

std::shared_ptr<Walk> ClearEverywhere::Create(Redundancy* redundancy, std::string prefix,
                                              std::size_t batch_size) {
  return std::shared_ptr<ClearEverywhere>(
      new ClearEverywhere(redundancy, std::move(prefix), batch_size));
}

Admission ClearEverywhere::Next(Slot slot) {
  if (redundancy_->closed()) return Admission::kClosed;
  slot_ = slot;
  self_ = shared_from_this();
  pending_ = 1;  // until all have been asked
  const std::vector<Member*> deciding = ServersFor(*redundancy_);
  for (const auto& member : redundancy_->members()) {
    if (member->closed()) continue;
    const bool decides =
        std::find(deciding.begin(), deciding.end(), member.get()) != deciding.end();
    if (member->standing() == Standing::kAway && !decides) {
      failed_.push_back(member.get());
      continue;
    }
    // What it was still to be told is cleared as well.
    if (!member->journal().overflowed()) member->journal().Reset();
    auto one = std::make_unique<One>(this, member.get());
    ++pending_;
    const auto walk = Enumeration::Create(&member->connection(), one.get(),
                                          Enumeration::Kind::kClear, prefix_, batch_size_);
    servers_.push_back(std::move(one));
    const Admission admission = walk->Next(0);
    if (admission == Admission::kAccepted) continue;
    OnFailed(*member, MakeAdmissionError(admission, member->connection()));
  }
  if (--pending_ == 0) End();
  return Admission::kAccepted;
}

void ClearEverywhere::OnCleared(std::int64_t count) {
  cleared_ = true;
  most_ = std::max(most_, count);
  if (--pending_ == 0) End();
}

void ClearEverywhere::OnFailed(Member& member, const Error& error) {
  error_ = error;
  failed_.push_back(&member);
  if (--pending_ == 0) End();
}

void ClearEverywhere::End() {
  const auto self = std::move(self_);
  if (!cleared_) {
    redundancy_->sink().OnFailure(slot_, *error_);
    return;
  }
  for (Member* member : failed_) member->MissedMore();
  redundancy_->sink().OnCount(slot_, most_);
}

}  // namespace connect_hiredis
