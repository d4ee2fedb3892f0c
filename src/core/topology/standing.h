// How far one of several independent servers can be relied upon.
#pragma once

#include <cstdint>

namespace connect_hiredis {

enum class Standing : std::uint8_t {
  kAway,        // no connection: what is written meanwhile goes to its journal
  kCatchingUp,  // takes writes; what it has missed is on its way to it
  kSettling,    // has all that this process knows of; others may still be telling it theirs
  kTrusted,     // answers reads
};

// Such as "trusted".
const char* NameOf(Standing standing);

}  // namespace connect_hiredis
