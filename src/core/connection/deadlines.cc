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
  early_.push_back(command.id());
  Arm();
}

Command* Deadlines::Earliest() {
  Command* earliest = pending_->first();
  std::erase_if(early_, [&](CommandId id) {
    Command* command = pending_->Find(id);
    if (command == nullptr) return true;
    if (earliest == nullptr || command->deadline < earliest->deadline) earliest = command;
    return false;
  });
  return earliest;
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
