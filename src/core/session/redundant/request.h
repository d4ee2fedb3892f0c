// One operation of a caller's, asked of several servers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session/compare_and_set.h"
#include "session/operations.h"
#include "session/results.h"
#include "topology/ballot.h"
#include "topology/journal.h"

namespace connect_hiredis {

// Several sessions that are to be told together.
struct Collection {
  Slot slot = 0;
  std::size_t pending = 0;
  std::optional<Error> error;
  struct Entry {
    std::string id;
    std::string value;
    TimeToLive time_to_live = -2;  // -2: there is none
  };
  std::vector<Entry> entries;
};

// A compare-and-set that one server has taken: the caller is told when the others have it, too, so
// that it does not read from them what was there before.
struct Alignment {
  Slot slot = 0;
  std::string id;
  Change change;
  Servers pending = 0;
  Nanoseconds patience_end{0};
  bool told = false;
};

struct Request {
  enum class Kind : std::uint8_t { kGet, kSet, kTouch, kDestroy, kExists, kTimeLeft, kReplace };

  Kind kind = Kind::kGet;
  // The caller's; nothing where nobody waits for it.
  std::optional<Slot> slot;
  std::shared_ptr<Collection> collection;  // instead of a slot
  std::size_t place = 0;                   // there

  std::string id;
  std::string value;  // kSet
  Operations::TimeToLiveOption time_to_live;
  Nanoseconds counted_from{0};  // the time to live
  Existence existence = Existence::kAny;
  std::optional<CompareAndSet::Write> write;  // kReplace

  Nanoseconds begun{0};
  std::uint64_t sequence = 0;
  Ballot ballot;
  Servers absent = 0;          // those that were away, and are to be told by their journals
  Servers missed = 0;          // those that have been told already that they have missed it
  std::optional<Error> error;  // the last one
  std::int64_t count = 0;      // of what is done: the most that a server said
  std::size_t hash = 0;        // kGet: of the value that the caller was given
  bool differs = false;        // and of another server's
  bool decided = false;        // its caller has been told
  bool done = false;           // with success: a session was there, or none
  bool waiting = false;        // for a server
  bool searching = false;      // whether another has what the server lacks that decides
  bool free = true;

  // As it is done at all servers.
  [[nodiscard]] bool writes() const {
    return kind == Kind::kSet || kind == Kind::kTouch || kind == Kind::kDestroy;
  }
  // What it holds while it waits.
  [[nodiscard]] std::size_t bytes() const {
    const std::size_t written = write ? write->expected.size() + write->value.size() : 0;
    return id.size() + value.size() + written;
  }
  [[nodiscard]] bool reads() const {
    return kind == Kind::kGet || kind == Kind::kExists || kind == Kind::kTimeLeft;
  }
};

}  // namespace connect_hiredis
