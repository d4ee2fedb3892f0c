#include "topology/census.h"

namespace connect_hiredis {

namespace {

// Those that can be heard, unless none of them can.
Servers PreferHeard(const Census& census, Servers servers) {
  const Servers heard = servers & ~census.silent;
  return heard != 0 ? heard : servers;
}

}  // namespace

Deciders DecidersIn(const Census& census) {
  if (const Servers whole = census.trusted & census.intact; whole != 0) {
    // A silent one that has lost nothing is waited for, rather than the others believed without it.
    const Servers vouching = PreferHeard(census, whole);
    return {.deciding = vouching | (census.trusted & ~census.silent), .vouching = vouching};
  }
  // An intact one is on its way: until then the others may have sessions, but lack none.
  const bool hope = ((census.catching_up | census.just_lost) & census.intact) != 0;
  if (census.trusted != 0) {
    const Servers deciding = PreferHeard(census, census.trusted);
    return {.deciding = deciding, .vouching = hope ? 0 : deciding};
  }
  Servers deciding = census.settling & census.intact;
  if (deciding == 0 && !hope) deciding = census.settling;
  deciding = PreferHeard(census, deciding);
  return {.deciding = deciding, .vouching = deciding};
}

Lesson LessonFor(const Census& census, Servers self, Servers steady) {
  const bool intact = (census.intact & self) != 0;
  if (const Servers sure = steady & census.intact & ~self; sure != 0) {
    return {.course = intact ? Course::kSettle : Course::kMirror, .teachers = sure};
  }
  if (intact) return {.course = Course::kTrust};
  const Servers whole = (census.here() | census.just_lost) & census.intact & ~self;
  if (const Servers teachers = whole & census.trusted; teachers != 0) {
    return {.course = Course::kMend, .teachers = teachers};
  }
  if (whole != 0) return {.course = Course::kWait};
  if (const Servers others = steady & ~self; others != 0) {
    return {.course = Course::kMend, .teachers = others};
  }
  return {.course = Course::kTrust};
}

Lesson FillingFor(const Census& census, Servers self, Servers used) {
  const Servers others = census.trusted & ~census.silent & ~self;
  if (const Servers whole = others & census.intact; whole != 0) {
    return {.course = Course::kMend, .teachers = whole};
  }
  if (const Servers unused = others & ~used; unused != 0) {
    return {.course = Course::kFill, .teachers = unused};
  }
  return {};
}

bool IsIntactAfter(const Census& census, Servers self, Servers teachers) {
  return (teachers & census.intact) != 0 || (census.intact & ~self) == 0;
}

}  // namespace connect_hiredis
