// Of Member: from knowing what this process knows to being trusted.
#include <algorithm>
#include <utility>

#include "session/redundant/member.h"

namespace connect_hiredis {

namespace {

// Between two attempts at a comparison that fails, at first and at last.
constexpr std::chrono::milliseconds kComparePause{1000};
constexpr std::chrono::milliseconds kMostComparePause{30'000};

Comparison::Mode ModeOf(Course course) {
  if (course == Course::kMirror) return Comparison::Mode::kMirror;
  return course == Course::kMend ? Comparison::Mode::kMend : Comparison::Mode::kFill;
}

}  // namespace

Lesson Member::NextLesson() const {
  return LessonFor(listener_->TakeCensus(), bit(), listener_->SteadySince(lost_at_, *this));
}

void Member::Settle(Nanoseconds now) {
  const Lesson lesson = NextLesson();
  const bool settles = lesson.course == Course::kSettle;
  const bool waits = lesson.course == Course::kWait || now < compare_at_ ||
                     (lesson.teachers & listener_->TakeCensus().silent) != 0 ||
                     (settles && now < settled_at_);
  if (comparison_ && (sources_ & ~lesson.teachers) != 0) DropComparison();
  if (lesson.course == Course::kTrust) {
    TrustAsItIs();
  } else if (comparison_) {
    comparison_->LookAtTime(now);
  } else if (waits) {
    return;
  } else if (!settles) {
    CompareAll(lesson);
  } else if (!replayed_.empty()) {
    CompareReplayed(lesson.teachers);
  } else {
    Trust(lesson.teachers);
  }
}

void Member::CompareAll(const Lesson& lesson) {
  ++comparisons_;
  const Servers teachers = lesson.teachers;
  const auto then = [this, teachers] {
    const bool intact = IsIntactAfter(listener_->TakeCensus(), bit(), teachers);
    if (standing_ == Standing::kTrusted) {
      must_fill_ = !intact;
    } else {
      // What it missed before it has now.
      lost_at_ = Now();
      must_compare_ = !intact;
      if (!intact) TrustAsItIs();
    }
    filled_from_ |= teachers;
  };
  Compare(teachers, Comparison(ModeOf(lesson.course)), then)->BeginWithAll();
}

// What it was told may have been destroyed while it was told that.
void Member::CompareReplayed(Servers teachers) {
  Comparison comparison(Comparison::Mode::kMend);
  std::vector<std::string> ids;
  for (const auto& [id, mark] : replayed_) {
    ids.push_back(id);
    if (mark) comparison.Wrote(id, *mark);
  }
  Compare(teachers, std::move(comparison), [this] {
    replayed_.clear();
  })->BeginWith(std::move(ids));
}

std::shared_ptr<Reconciliation> Member::Compare(Servers teachers, Comparison comparison,
                                                std::function<void()> then) {
  sources_ = teachers;
  std::vector<Errands*> errands;
  for (Member* source : listener_->MembersIn(teachers)) errands.push_back(&source->errands_);
  const auto done = [this, then = std::move(then), generation = generation_](bool complete) {
    if (generation != generation_ || !comparison_) return;
    repairs_ += comparison_->filled();
    comparison_ = nullptr;
    sources_ = 0;
    if (complete) {
      then();
      return;
    }
    // Again, perhaps with others; what has failed a moment ago is not tried at once.
    compare_pause_ = std::clamp(2 * compare_pause_, kComparePause, kMostComparePause);
    compare_at_ = Now() + compare_pause_;
  };
  comparison_ = Reconciliation::Create(std::move(errands), &errands_, std::move(comparison), done);
  return comparison_;
}

// With all that they know.
void Member::Trust(Servers teachers) {
  DropComparison();
  replayed_.clear();
  compare_pause_ = std::chrono::milliseconds(0);
  steady_since_ = Now();
  known_since_ = steady_since_;
  for (const Member* teacher : listener_->MembersIn(teachers)) {
    known_since_ = std::min(known_since_, teacher->known_since_);
  }
  ChangeStanding(Standing::kTrusted);
}

// Nobody had more than it, and it may have lost things: what others have it gets.
void Member::FillUp(Nanoseconds now) {
  if (comparison_) {
    comparison_->LookAtTime(now);
    return;
  }
  const Lesson lesson = FillingFor(listener_->TakeCensus(), bit(), filled_from_);
  if (lesson.teachers != 0 && now >= compare_at_) CompareAll(lesson);
}

// With whatever it lacks.
void Member::TrustAsItIs() {
  DropComparison();
  steady_since_ = first_ ? lost_at_ : Now();
  known_since_ = steady_since_;
  must_fill_ = std::exchange(must_compare_, false);
  filled_from_ = 0;
  replayed_.clear();
  ChangeStanding(Standing::kTrusted);
}

void Member::OnSourceLost(const Member& source) {
  if (comparison_ && (sources_ & source.bit()) != 0) DropComparison();
}

void Member::DropComparison() {
  if (comparison_) std::exchange(comparison_, nullptr)->Cancel();
  sources_ = 0;
}

}  // namespace connect_hiredis
