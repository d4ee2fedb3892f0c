#include "connection/capacity.h"

#include <algorithm>

#include "connection/link.h"
#include "connection/options.h"
#include "connection/pending_commands.h"

namespace connect_hiredis {

namespace {

// Of those that have waited: the answers to all of them in one turn would keep the loop from
// everything else. The rest follows as these are answered.
constexpr std::uint64_t kMostAtOnce = 2048;

// Replies under way at most.
constexpr std::uint64_t kMaxUnanswered = 65'536;

// While the kernel has yet to take so much, a copy of more would not leave any sooner.
constexpr std::size_t kMaxUnwritten = 16UL * 1024 * 1024;

}  // namespace

// What has waited for a connection is not too much for it.
Capacity::Capacity(const ConnectionOptions& options)
    : queue_limit_(options.queue_limit),
      queue_bytes_(options.queue_bytes),
      backlog_limit_(std::max(options.backlog_limit, options.queue_limit)),
      backlog_bytes_(std::max(options.backlog_bytes, options.queue_bytes)) {}

Admission Capacity::ToWait(const PendingCommands& pending) const {
  if (queue_limit_ == 0) return Admission::kOffline;
  const bool room = pending.waiting() < queue_limit_ && pending.waiting_bytes() < queue_bytes_;
  return room ? Admission::kAccepted : Admission::kQueueFull;
}

Admission Capacity::ToBeAnswered(const PendingCommands& pending, const Link& link) const {
  const bool room =
      pending.size() < backlog_limit_ && pending.bytes() + link.unwritten() < backlog_bytes_;
  return room ? Admission::kAccepted : Admission::kBehind;
}

bool Capacity::MaySend(const Link& link) {
  return link.unanswered() < kMaxUnanswered && link.unwritten() < kMaxUnwritten;
}

bool Capacity::MaySendWaiting(const Link& link) {
  return link.unanswered() < kMostAtOnce && link.unwritten() < kMaxUnwritten;
}

}  // namespace connect_hiredis
