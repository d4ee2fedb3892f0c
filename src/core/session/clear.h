// Removes all sessions of one prefix, in bounded steps: exactly the keys of the prefix that hold
// strings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "connection/command_port.h"
#include "session/key_scan.h"
#include "session/results.h"

namespace connect_hiredis {

// Two lanes, each with one request under way at most: one looks for keys, the other removes those
// that were found. While the answer to either travels, the server works on the other.
class Clear final : private CommandHandler {
 public:
  // OnCount: how many were removed. `port` and `sink` must outlive the operation;
  // `batch_size` is the COUNT of each SCAN and the most keys that one command removes.
  static Admission Run(CommandPort* port, ResultSink* sink, Slot slot, std::string prefix,
                       std::size_t batch_size);
  Clear(const Clear&) = delete;
  Clear& operator=(const Clear&) = delete;
  ~Clear() = default;

 private:
  enum class Step : std::uint64_t { kScan, kTypes, kUnlink };

  Clear(CommandPort* port, ResultSink* sink, Slot slot, KeyScan scan);

  void OnReplies(std::uint64_t tag, std::span<const Reply> replies) override;
  void OnFailure(std::uint64_t tag, const Error& error) override;

  Admission Proceed();
  Admission Send(Step step);
  // False if the replies cannot belong to the step.
  bool Take(Step step, std::span<const Reply> replies);
  // A batch ahead of what is being removed is enough.
  [[nodiscard]] bool WantsKeys() const;
  bool TakeScan(const Reply& reply);
  // False if the refusal stands.
  bool TakeRefusal(Step step, const Error& refusal);
  // The step's lane is empty. True if there is nothing left to do but to go.
  bool Answered(Step step);
  void Fail(const Error& error);

  CommandPort* port_;
  ResultSink* sink_;
  Slot slot_;
  KeyScan scan_;
  bool scanning_ = false;
  bool removing_ = false;
  bool told_ = false;
  // Redis before 4 knows no UNLINK; found out by asking.
  bool unlink_ = true;
  std::vector<std::string> keys_;   // found, and not yet dealt with
  std::vector<std::string> chunk_;  // being removed
  std::int64_t count_ = 0;
  std::unique_ptr<Clear> self_;  // until the sink has been told and both lanes are empty
};

}  // namespace connect_hiredis
