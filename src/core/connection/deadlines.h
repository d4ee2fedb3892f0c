// When each pending command has to be completed, with one timer for all. Time for which the loop
// was blocked does not count.
#pragma once

#include <chrono>
#include <optional>

#include "base/ring.h"
#include "connection/leeway.h"
#include "connection/pending_commands.h"
#include "loop/patient_timer.h"

namespace connect_hiredis {

class Deadlines {
 public:
  // `pending` must outlive this. Its order is that of the deadlines, but for commands that have the
  // deadline of one before them.
  Deadlines(const EventLoop& loop, std::chrono::milliseconds timeout, PendingCommands* pending)
      : timeout_(timeout), pending_(pending), leeway_(2 * timeout), timer_(loop) {}

  // `command` has just been appended, at `command.submitted`.
  void Begin(Command& command) {
    command.deadline = command.submitted + timeout_ - postponed_;
    if (command.deadline_before) {
      BeginEarly(command);
    } else if (!timer_.active()) {
      Arm();
    }
  }

  // The loop was blocked for so long, until `now`; the server was last heard of at `last_read`.
  void Postpone(Nanoseconds blocked, Nanoseconds now, Nanoseconds last_read);

  // To be asked after each poll: when the timer fired, told once, if it did. Then whatever is
  // Overdue has to be failed, and the timer armed again.
  [[nodiscard]] std::optional<Nanoseconds> TakeFired() { return timer_.TakeFired(); }
  // The first command whose deadline was at `fired` or before, or null. While the server is heard
  // of, after the loop was blocked, a command may have its time twice.
  [[nodiscard]] Command* Overdue(Nanoseconds fired, Nanoseconds last_read);
  void Arm();

  // TakeFired tells something after the next poll, which does not wait.
  void Wake() { timer_.Start(std::chrono::milliseconds(0)); }

  [[nodiscard]] const Leeway& leeway() const { return leeway_; }

 private:
  void BeginEarly(Command& command);
  // The one whose deadline comes first, or null.
  Command* Earliest();

  std::chrono::milliseconds timeout_;
  PendingCommands* pending_;
  // Whose deadlines come before those of commands ahead of them. In the order of these deadlines:
  // what they continue was answered in the order in which it was submitted.
  Ring<CommandId> early_;
  Nanoseconds postponed_{0};  // all deadlines are later by this
  Leeway leeway_;
  PatientTimer timer_;
};

}  // namespace connect_hiredis
