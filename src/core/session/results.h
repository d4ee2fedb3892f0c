// What the operations of a store come to, told in a form that no protocol shows through.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace connect_hiredis {

// Names the caller of an operation; unique among the operations that have not completed.
using Slot = std::uint32_t;

// Time to live of a key in milliseconds, as PTTL tells it: -1 none, -2 no such key.
using TimeToLive = std::int64_t;

struct StoredValue {
  std::string id;
  std::string_view value;  // valid until the end of the turn
  TimeToLive time_to_live = -1;
};

struct Batch {
  std::vector<std::string> ids;     // of an enumeration of ids
  std::vector<StoredValue> values;  // of an enumeration of sessions
  bool last = false;
};

// Is told the outcome of each accepted operation exactly once, never before the call that began
// it has returned. Everything is valid until the end of the turn only.
class ResultSink {
 public:
  // `value` is empty if there is no such session.
  virtual void OnValue(Slot slot, std::optional<std::string_view> value,
                       TimeToLive time_to_live) = 0;
  // How many keys were changed, removed or counted.
  virtual void OnCount(Slot slot, std::int64_t count) = 0;
  virtual void OnBatch(Slot slot, Batch batch) = 0;
  virtual void OnFailure(Slot slot, const Error& error) = 0;

 protected:
  ~ResultSink() = default;
};

}  // namespace connect_hiredis
