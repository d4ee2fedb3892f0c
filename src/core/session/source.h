// Where the sessions of a store are: on one server, or on several.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "session/compare_and_set.h"
#include "session/enumeration.h"
#include "session/operations.h"
#include "session/results.h"

namespace connect_hiredis {

// Walks over all sessions, or over some: see Enumeration and GetMany.
class Walk {
 public:
  Walk() = default;
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;
  virtual ~Walk() = default;

  virtual Admission Next(Slot slot) = 0;
};

// The operations, as Operations, CompareAndSet, GetMany, Clear and Enumeration describe them;
// outcomes are told to one sink.
class SessionSource {
 public:
  SessionSource() = default;
  SessionSource(const SessionSource&) = delete;
  SessionSource& operator=(const SessionSource&) = delete;
  virtual ~SessionSource() = default;

  virtual Admission Get(Slot slot, std::string_view prefix, std::string_view id) = 0;
  virtual Admission Set(Slot slot, std::string_view prefix, std::string_view id,
                        std::string_view value, Operations::TimeToLiveOption time_to_live,
                        Existence existence) = 0;
  virtual Admission Touch(Slot slot, std::string_view prefix, std::string_view id,
                          Operations::TimeToLiveOption time_to_live) = 0;
  virtual Admission Destroy(Slot slot, std::string_view prefix, std::string_view id) = 0;
  virtual Admission Exists(Slot slot, std::string_view prefix, std::string_view id) = 0;
  virtual Admission TimeLeft(Slot slot, std::string_view prefix, std::string_view id) = 0;
  virtual Admission Replace(Slot slot, CompareAndSet::Write write) = 0;
  virtual Admission Clear(Slot slot, const std::string& prefix, std::size_t batch_size) = 0;
  virtual std::shared_ptr<Walk> NewWalk(Enumeration::Kind kind, const std::string& prefix,
                                        std::size_t batch_size) = 0;
  // Over the sessions of these keys alone.
  virtual std::shared_ptr<Walk> NewGetMany(std::vector<std::string> keys, std::size_t prefix_size,
                                           std::size_t most) = 0;
  // Why an operation was not taken.
  virtual Error Refusal(Admission admission) = 0;
};

}  // namespace connect_hiredis
