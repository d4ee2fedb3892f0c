#include "connection/command.h"

#include <algorithm>

#include "protocol/command_writer.h"

namespace connect_hiredis {

void RefreshTimeToLive(Command& command, Nanoseconds now) {
  if (command.time_to_live_at == 0) return;
  auto left = command.time_to_live -
              std::chrono::duration_cast<std::chrono::milliseconds>(now - command.submitted);
  // 1 ms is the shortest that Redis takes; the key is gone before anybody asks for it.
  left = std::max(left, std::chrono::milliseconds(1));
  if (command.time_to_live.count() == 0) left = std::chrono::milliseconds(0);
  command.wire.resize(command.time_to_live_at);
  CommandWriter writer(command.wire);
  writer.Add(left.count());
  if (command.tells_attempt) writer.Add(command.attempted ? "1" : "0");
}

}  // namespace connect_hiredis
