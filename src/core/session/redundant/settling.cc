// Of Member: from knowing what this process knows to being trusted.
#include <algorithm>
#include <utility>

#include "session/redundant/member.h"

namespace connect_hiredis {

namespace {

// Between two attempts at a comparison that fails, at first and at last.
constexpr std::chrono::milliseconds kComparePause{1000};
constexpr std::chrono::milliseconds kMostComparePause{30'000};

}  // namespace

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
  } else if (silent || now < compare_at_ || (!must_compare_ && now < settled_at_)) {
    return;
  } else if (must_compare_) {
    Compare(steady, Reconciliation::Mode::kMirror, std::nullopt);
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
  errands.reserve(sources.size());
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
      compare_pause_ = std::clamp(2 * compare_pause_, kComparePause, kMostComparePause);
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

void Member::OnSourceLost(const Member& source) {
  if (!comparison_ || std::find(sources_.begin(), sources_.end(), &source) == sources_.end())
    return;
  DropComparison();
}

void Member::DropComparison() {
  if (comparison_) std::exchange(comparison_, nullptr)->Cancel();
  sources_.clear();
}

}  // namespace connect_hiredis
