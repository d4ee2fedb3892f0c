// Where the store's operations send their commands: one connection, or what chooses among several
// by the key.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "connection/admission.h"
#include "connection/command.h"

namespace connect_hiredis {

// A key in two parts, either of which may be empty. Both empty: the command concerns no key.
struct KeyView {
  std::string_view prefix;
  std::string_view id;
};

class CommandPort {
 public:
  // Whether a command about `key` would be taken now. If so: fill what Acquire gives for the same
  // key and Submit it, at once.
  [[nodiscard]] virtual Admission Admit(const KeyView& key) const = 0;
  // The same for the next command of an operation that was accepted: Close waits for it, too, if it
  // is submitted when the one before is completed.
  [[nodiscard]] virtual Admission AdmitNext(const KeyView& key) const = 0;
  virtual Command& Acquire(const KeyView& key) = 0;
  virtual void Submit(Command& command) = 0;
  // What to report of a command that was not taken.
  [[nodiscard]] virtual Error Refusal(Admission admission) const = 0;

  // Of a command whose outcome is just being reported: see Command::attempted.
  [[nodiscard]] virtual bool WasAttempted(CommandId id) = 0;
  // `error` showed that the peer is no longer to be trusted (a reply that cannot belong to its
  // command): the connection is replaced at the end of the turn.
  virtual void Distrust(const Error& error) = 0;
  // Counts the times that a connection became ready: cursors of SCAN do not outlive one.
  [[nodiscard]] virtual std::uint64_t epoch() const = 0;

 protected:
  ~CommandPort() = default;
};

}  // namespace connect_hiredis
