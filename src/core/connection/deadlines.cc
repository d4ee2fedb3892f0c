#include "connection/deadlines.h"

namespace connect_hiredis {

void Deadlines::Postpone(Nanoseconds blocked, Nanoseconds now, Nanoseconds last_read) {
  postponed_ += blocked;
  leeway_.Begin(now, last_read);
  // What was submitted in the middle of it has its time from now on.
  const Nanoseconds latest = now + timeout_ - postponed_;
  Command* command = pending_->last();
  for (; command != nullptr && command->deadline > latest; command = command->previous) {
    command->deadline = latest;
  }
}

Command* Deadlines::Overdue(Nanoseconds fired, Nanoseconds last_read) const {
  Command* first = pending_->first();
  if (first == nullptr) return nullptr;
  Nanoseconds deadline = first->deadline + postponed_;
  if (leeway_.Covers(fired, last_read)) deadline += timeout_;
  return deadline <= fired ? first : nullptr;
}

void Deadlines::Arm() {
  const Command* first = pending_->first();
  if (first != nullptr) timer_.Start(CeilMilliseconds(first->deadline + postponed_ - Now()));
}

}  // namespace connect_hiredis
