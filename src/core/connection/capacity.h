// How much a connection takes, and how much of that it gives the server at once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "connection/admission.h"

namespace connect_hiredis {

struct ConnectionOptions;
class Link;
class PendingCommands;

class Capacity {
 public:
  explicit Capacity(const ConnectionOptions& options);

  // Without a connection.
  [[nodiscard]] Admission ToWait(const PendingCommands& pending) const;
  // With one.
  [[nodiscard]] Admission ToBeAnswered(const PendingCommands& pending, const Link& link) const;

  // Whether the server may be given a command; otherwise it waits until this is so.
  static bool MaySend(const Link& link);
  // The same for those that have waited.
  static bool MaySendWaiting(const Link& link);

 private:
  std::size_t queue_limit_;
  std::size_t queue_bytes_;
  std::size_t backlog_limit_;
  std::size_t backlog_bytes_;
};

}  // namespace connect_hiredis
