#include "connection/fence.h"

#include <algorithm>
#include <utility>

#include "protocol/command_writer.h"

namespace connect_hiredis {

namespace {

// A server that breaks each connection makes more of them. The latest matter most.
constexpr std::size_t kMostLeft = 16;

}  // namespace

Fence::Commands Fence::OnReady(std::optional<ClientIdentity> identity) {
  current_ = std::move(identity);
  Commands commands;
  if (!current_) return commands;
  // The server was started again: its connections ended with it.
  std::erase_if(left_, [this](const Left& left) {
    return left.identity.local_address == current_->local_address &&
           left.identity.id >= current_->id;
  });
  for (Left& left : left_) {
    left.asked = left.identity.local_address == current_->local_address;
    if (!left.asked) continue;
    CommandWriter writer(commands.wire);
    writer.Begin(6).Add("CLIENT").Add("KILL").Add("ID").Add(std::to_string(left.identity.id));
    writer.Add("ADDR").Add(left.identity.address);
    ++commands.count;
  }
  return commands;
}

void Fence::OnAnswer() {
  const auto first =
      std::find_if(left_.begin(), left_.end(), [](const Left& left) { return left.asked; });
  if (first != left_.end()) left_.erase(first);
}

void Fence::OnBroken(bool owed) {
  for (Left& left : left_) left.asked = false;
  const auto identity = std::exchange(current_, std::nullopt);
  if (!owed || !identity) return;
  if (left_.size() == kMostLeft) left_.erase(left_.begin());
  left_.push_back({*identity, false});
}

}  // namespace connect_hiredis
