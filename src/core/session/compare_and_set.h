// Writes a session only if what is stored is still what was read: atomic, in one round trip.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "connection/command_port.h"
#include "session/operations.h"
#include "session/results.h"

namespace connect_hiredis {

class CompareAndSet final : private CommandHandler {
 public:
  struct Write {
    std::string key;
    std::string expected;
    std::string value;
    Operations::TimeToLiveOption time_to_live;
    // A change that must not be made twice: see below.
    bool once = false;
  };

  // OnCount: 1 if stored, 0 if the key is gone. OnValue: what is stored instead of `expected`.
  // `port` and `sink` must outlive the operation.
  //
  // If the connection breaks before the answer, the write is sent again, and counts as done if
  // it finds its own value: it was carried out, and only the answer was lost. If it finds
  // another, nobody can tell; who asked for `once` is told so by OnFailure (ECONNRESET).
  static Admission Run(CommandPort* port, ResultSink* sink, Slot slot, Write write);
  CompareAndSet(const CompareAndSet&) = delete;
  CompareAndSet& operator=(const CompareAndSet&) = delete;
  ~CompareAndSet() = default;

 private:
  CompareAndSet(CommandPort* port, ResultSink* sink, Slot slot, Write write);

  // By the script's digest, or by its text to a server that does not know it yet.
  Admission Send(bool whole_script);
  void OnReplies(std::uint64_t tag, std::span<const Reply> replies) override;
  void OnFailure(std::uint64_t tag, const Error& error) override;

  CommandPort* port_;
  ResultSink* sink_;
  Slot slot_;
  Write write_;
  Nanoseconds begun_;
  CommandId command_ = 0;                // the one that is under way
  bool attempted_ = false;               // an earlier one may have been carried out
  std::unique_ptr<CompareAndSet> self_;  // until the sink has been told
};

}  // namespace connect_hiredis
