// One request on its way: the bytes of one or more Redis commands that are sent together and
// completed together.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "loop/clock.h"
#include "protocol/reply.h"

namespace connect_hiredis {

// Completes commands. Every accepted command gets exactly one of the two calls, never before
// the call that submitted it has returned. Further commands may be submitted from both.
class CommandHandler {
 public:
  // `replies`, one for each Redis command of the request, are valid until the end of the turn.
  virtual void OnReplies(std::uint64_t tag, std::span<const Reply> replies) = 0;
  virtual void OnFailure(std::uint64_t tag, const Error& error) = 0;

 protected:
  ~CommandHandler() = default;
};

// Names a command also after it is gone: hiredis holds this, never a pointer.
using CommandId = std::uint64_t;

struct Command {
  // Filled by who submits.
  std::string wire;          // RESP
  std::size_t expected = 0;  // replies: one for each Redis command in `wire`
  CommandHandler* handler = nullptr;
  std::uint64_t tag = 0;
  // Where the last argument begins if it is a time to live in milliseconds (0: none), else 0. A
  // command that had to wait for a connection is sent with what is left of that time.
  std::size_t time_to_live_at = 0;
  std::chrono::milliseconds time_to_live{0};
  // One more argument follows the time to live: "1" if the command was attempted, else "0".
  bool tells_attempt = false;

  // Leaves as soon as it is submitted, with all that waits to be sent: the server is to begin with
  // it while more is still being written.
  bool at_once = false;
  // The deadline of the command whose operation this one continues: it has no time of its own.
  std::optional<Nanoseconds> deadline_before;
  // It may have been carried out already: bytes of it were handed to the kernel on a connection
  // that broke before the answer. Kept by the connection; who submits a command that stands for an
  // earlier one hands on that one's mark.
  bool attempted = false;

  // Kept by the connection.
  std::vector<Reply> replies;
  Nanoseconds submitted{0};
  Nanoseconds deadline{0};  // by Deadlines' count
  std::size_t bytes = 0;    // of `wire`, by PendingCommands' count
  bool sent = false;
  std::uint64_t sent_at = 0;  // which byte of the link's output is its first
  bool needs_master = false;  // a replica refused it
  bool sent_away = false;     // the server said that it is not the one to ask
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
  Command* previous = nullptr;
  Command* next = nullptr;

  [[nodiscard]] CommandId id() const { return (static_cast<CommandId>(generation) << 32U) | index; }
};

// `command` has waited until `now`, and the session's time went on meanwhile.
void RefreshTimeToLive(Command& command, Nanoseconds now);

}  // namespace connect_hiredis
