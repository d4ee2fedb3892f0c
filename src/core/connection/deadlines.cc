#include "connection/deadlines.h"

#include <algorithm>

namespace connect_hiredis {

void Deadlines::Postpone(Nanoseconds blocked, Nanoseconds now, Nanoseconds last_read) {
  postponed_ += blocked;
  leeway_.Begin(now, last_read);
  // What was submitted in the middle of it has its time from now on.
  const Nanoseconds latest = now + timeout_ - postponed_;
  Command* command = pending_->last();
  for (; command != nullptr; command = command->previous) {
    if (command->deadline > latest) {
      command->deadline = latest;
    } else if (!command->deadline_before) {
      break;
    }
  }
}

void Deadlines::BeginEarly(Command& command) {
  command.deadline = std::min(command.deadline, *command.deadline_before);
  early_.Push(command.id());
  if (Earliest() == &command) Arm();
}

Command* Deadlines::Earliest() {
  while (!early_.empty() && pending_->Find(early_.front()) == nullptr) early_.Pop();
  Command* first = pending_->first();
  Command* early = early_.empty() ? nullptr : pending_->Find(early_.front());
  const bool is_early = early != nullptr && (first == nullptr || early->deadline < first->deadline);
  return is_early ? early : first;
}

Command* Deadlines::Overdue(Nanoseconds fired, Nanoseconds last_read) {
  Command* first = Earliest();
  if (first == nullptr) return nullptr;
  Nanoseconds deadline = first->deadline + postponed_;
  if (leeway_.Covers(fired, last_read)) deadline += timeout_;
  return deadline <= fired ? first : nullptr;
}

void Deadlines::Arm() {
  const Command* first = Earliest();
  if (first != nullptr) timer_.Start(CeilMilliseconds(first->deadline + postponed_ - Now()));
}

}  // namespace connect_hiredis
