#include "connection/connection.h"

namespace connect_hiredis {

const char* NameOf(Connection::State state) {
  switch (state) {
    case Connection::State::kIdle:
      return "idle";
    case Connection::State::kResolving:
      return "resolving";
    case Connection::State::kConnecting:
      return "connecting";
    case Connection::State::kHandshaking:
      return "handshaking";
    case Connection::State::kReady:
      return "ready";
    case Connection::State::kBackoff:
      return "backoff";
    case Connection::State::kClosing:
      return "closing";
    case Connection::State::kClosed:
      break;
  }
  return "closed";
}

}  // namespace connect_hiredis
