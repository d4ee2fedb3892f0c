// Reads some sessions at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "connection/command_port.h"
#include "session/fetch.h"
#include "session/results.h"

namespace connect_hiredis {

class GetMany final : public std::enable_shared_from_this<GetMany>, private CommandHandler {
 public:
  // `keys` are whole keys, and at least one; `most` bounds those of one MGET. `port` and
  // `sink` must outlive the operation.
  static std::shared_ptr<GetMany> Create(CommandPort* port, ResultSink* sink,
                                         std::vector<std::string> keys, std::size_t prefix_size,
                                         std::size_t most);
  GetMany(const GetMany&) = delete;
  GetMany& operator=(const GetMany&) = delete;
  ~GetMany() = default;

  // OnBatch: those of the sessions that are there, in the order of the keys, or some of them; goes
  // on until the last batch. Not while an earlier call has not been answered. The operation keeps
  // itself alive until the sink has been told.
  Admission Next(Slot slot);

 private:
  GetMany(CommandPort* port, ResultSink* sink, Fetch fetch);

  Admission Send(Admission admission);
  void OnReplies(std::uint64_t tag, std::span<const Reply> replies) override;
  void OnFailure(std::uint64_t tag, const Error& error) override;

  CommandPort* port_;
  ResultSink* sink_;
  Slot slot_ = 0;
  Fetch fetch_;
  std::optional<Nanoseconds> deadline_;  // of all commands that one Next takes
  std::shared_ptr<GetMany> self_;        // while the sink has to be told
};

}  // namespace connect_hiredis
