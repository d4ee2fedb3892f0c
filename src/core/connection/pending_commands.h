// All commands that wait for something, in the order of their submission. With one timeout for
// all that is also the order of their deadlines; and since they are sent in this order too,
// those not yet sent are always the tail. So one list serves as queue, as what is to be sent
// again, and as deadlines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "connection/command.h"

namespace connect_hiredis {

class PendingCommands {
 public:
  PendingCommands() = default;
  PendingCommands(const PendingCommands&) = delete;
  PendingCommands& operator=(const PendingCommands&) = delete;

  // An empty command, not yet in the list; its memory is used again after Release.
  Command& Acquire();
  void Release(Command& command);

  // The acquired command with this id; null if it was released meanwhile.
  Command* Find(CommandId id);

  // Puts an acquired command at the end; it waits to be sent.
  void Append(Command& command);
  // Takes it out again, sent or not.
  void Remove(Command& command);

  // The one that was submitted first, or null.
  [[nodiscard]] Command* first() const { return first_; }
  // The one that was submitted last, or null.
  [[nodiscard]] Command* last() const { return last_; }
  // The first that is not sent, or null.
  [[nodiscard]] Command* first_waiting() const { return first_waiting_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  // Of what they send: as long as it was when they were appended.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t waiting_bytes() const { return waiting_bytes_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  // Whether a replica will not do for all of them.
  [[nodiscard]] bool NeedMaster() const;

  // `command` must be the first that waits.
  void MarkSent(Command& command);
  // The connection broke after the kernel had taken so many bytes of its output: all wait again,
  // what they were answered so far is forgotten.
  void MarkAllWaiting(std::uint64_t bytes_written);

 private:
  std::deque<Command> commands_;  // stable addresses; never shrinks
  std::vector<std::uint32_t> free_;
  Command* first_ = nullptr;
  Command* last_ = nullptr;
  Command* first_waiting_ = nullptr;
  std::size_t size_ = 0;
  std::size_t waiting_ = 0;
  std::size_t bytes_ = 0;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace connect_hiredis
