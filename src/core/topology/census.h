// How all servers stand at one moment, as one process sees them, and what follows from that: who
// answers, and how a server that may have lost sessions gets them back. A server whose absences
// prove nothing is never the reason for a removal, nor for an answer that there is no session.
#pragma once

#include <cstdint>

#include "topology/ballot.h"

namespace connect_hiredis {

struct Census {
  Servers trusted = 0;
  Servers settling = 0;
  Servers catching_up = 0;
  Servers silent = 0;  // of any of these
  // Away since a moment ago: they may be back before anybody has to do without them. Known only
  // where nobody is both trusted and intact.
  Servers just_lost = 0;
  // Not known to have lost anything: neither another process of the server, nor a journal that ran
  // over. Also those that are away, or have not been asked yet who they are.
  Servers intact = 0;

  [[nodiscard]] Servers here() const { return trusted | settling | catching_up; }
};

// Nobody: what needs them waits.
struct Deciders {
  Servers deciding = 0;  // are asked, and believed when they have the session
  Servers vouching = 0;  // among them: believed when they do not have it
};

Deciders DecidersIn(const Census& census);

// What comes next for a server that has been told everything that was noted for it.
enum class Course : std::uint8_t {
  kWait,    // for one that has lost nothing, and will be there, or trusted, in a moment
  kTrust,   // as it is: nobody knows more
  kSettle,  // it has lost nothing; others may still be telling it what they noted
  kMirror,  // it gets what the teachers have, and loses what they do not have
  kMend,    // it gets what the teachers have, and loses nothing
  kFill,    // the same, and where they differ it keeps its own
};

struct Lesson {
  Course course = Course::kWait;
  Servers teachers = 0;
};

// `steady`: those that are trusted, and know all that was done since `self` began to miss things.
Lesson LessonFor(const Census& census, Servers self, Servers steady);

// For a server that had to be trusted as it was, and may lack sessions that others have. `used`:
// those that it has been filled from.
Lesson FillingFor(const Census& census, Servers self, Servers used);

// Whether `self`, having got all that `teachers` have, has all that there is.
bool IsIntactAfter(const Census& census, Servers self, Servers teachers);

}  // namespace connect_hiredis
