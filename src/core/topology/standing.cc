#include "topology/standing.h"

namespace connect_hiredis {

const char* NameOf(Standing standing) {
  switch (standing) {
    case Standing::kAway:
      return "away";
    case Standing::kCatchingUp:
      return "catching up";
    case Standing::kSettling:
      return "settling";
    case Standing::kTrusted:
      break;
  }
  return "trusted";
}

}  // namespace connect_hiredis
