// Of Member: how a server is told what it has missed.
#include <utility>

#include "session/redundant/member.h"

namespace connect_hiredis {

namespace {

constexpr std::size_t kReplayBatch = 100;
// Between two attempts at a server that does not take what it has missed.
constexpr std::chrono::milliseconds kReplayPause{1000};

}  // namespace

void Member::Identify() {
  identified_ = false;
  const bool sent =
      errands_.Identify([this, generation = generation_](const Errands::Outcome& outcome) {
        if (generation != generation_) return;
        if (outcome.error) {
          retry_at_ = Now() + kReplayPause;
          return;
        }
        identified_ = true;
        // Another process of the server may have lost what this one had.
        if (!first_ && (outcome.text.empty() || outcome.text != run_id_)) must_compare_ = true;
        run_id_ = outcome.text;
        Replay();
      });
  if (!sent) retry_at_ = Now() + kReplayPause;
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
    std::optional<std::size_t> mark;
    if (entry.second.kind == Change::Kind::kSet) mark = Comparison::MarkOf(*entry.second.value);
    replayed_.emplace_back(entry.first, mark);
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
  if (first_ || NextLesson().course == Course::kTrust) {
    TrustAsItIs();
    return;
  }
  settled_at_ = Now() + settling_time_;
  ChangeStanding(Standing::kSettling);
}

}  // namespace connect_hiredis
