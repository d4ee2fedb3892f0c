#include "connection/pending_commands.h"

namespace connect_hiredis {

namespace {

// A command's buffer that grew beyond this for one large session is given back.
constexpr std::size_t kKeptWire = 4096;

}  // namespace

Command& PendingCommands::Acquire() {
  if (free_.empty()) {
    const auto index = static_cast<std::uint32_t>(commands_.size());
    Command& command = commands_.emplace_back();
    command.index = index;
    return command;
  }
  Command& command = commands_[free_.back()];
  free_.pop_back();
  return command;
}

void PendingCommands::Release(Command& command) {
  ++command.generation;
  if (command.wire.capacity() > kKeptWire) {
    // Assigning an empty string would keep the memory.
    std::string().swap(command.wire);
  } else {
    command.wire.clear();
  }
  command.expected = 0;
  command.replies.clear();
  command.handler = nullptr;
  command.time_to_live_at = 0;
  command.tells_attempt = false;
  command.at_once = false;
  command.deadline_before.reset();
  command.attempted = false;
  command.sent_away = false;
  command.needs_master = false;
  free_.push_back(command.index);
}

Command* PendingCommands::Find(CommandId id) {
  const auto index = static_cast<std::uint32_t>(id);
  if (index >= commands_.size()) return nullptr;
  Command& command = commands_[index];
  return command.id() == id ? &command : nullptr;
}

void PendingCommands::Append(Command& command) {
  command.sent = false;
  command.next = nullptr;
  command.previous = last_;
  (last_ == nullptr ? first_ : last_->next) = &command;
  last_ = &command;
  if (first_waiting_ == nullptr) first_waiting_ = &command;
  ++size_;
  ++waiting_;
  command.bytes = command.wire.size();
  bytes_ += command.bytes;
  waiting_bytes_ += command.bytes;
}

void PendingCommands::Remove(Command& command) {
  if (!command.sent) {
    if (first_waiting_ == &command) first_waiting_ = command.next;
    --waiting_;
    waiting_bytes_ -= command.bytes;
  }
  bytes_ -= command.bytes;
  (command.previous == nullptr ? first_ : command.previous->next) = command.next;
  (command.next == nullptr ? last_ : command.next->previous) = command.previous;
  command.previous = nullptr;
  command.next = nullptr;
  --size_;
}

void PendingCommands::MarkSent(Command& command) {
  command.sent = true;
  first_waiting_ = command.next;
  --waiting_;
  waiting_bytes_ -= command.bytes;
}

bool PendingCommands::NeedMaster() const {
  for (const Command* command = first_; command != nullptr; command = command->next) {
    if (command->needs_master) return true;
  }
  return false;
}

void PendingCommands::MarkAllWaiting(std::uint64_t bytes_written) {
  for (Command* command = first_; command != nullptr; command = command->next) {
    const bool handed_over = command->sent && command->sent_at < bytes_written;
    if (handed_over && !command->sent_away) command->attempted = true;
    command->sent_away = false;
    command->sent = false;
    command->replies.clear();
  }
  first_waiting_ = first_;
  waiting_ = size_;
  waiting_bytes_ = bytes_;
}

}  // namespace connect_hiredis
