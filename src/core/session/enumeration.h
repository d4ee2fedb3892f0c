// Walks over all sessions of one prefix in bounded batches: counts or fetches them.
// Sees exactly the keys of the prefix that hold strings, each once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connection/command_port.h"
#include "session/fetch.h"
#include "session/key_scan.h"
#include "session/results.h"

namespace connect_hiredis {

class Enumeration final : public std::enable_shared_from_this<Enumeration>, private CommandHandler {
 public:
  enum class Kind : std::uint8_t {
    kCount,     // one Next, OnCount: how many there are
    kIds,       // OnBatch for each Next until the last batch: ids
    kSessions,  // the same: ids, values and times to live
    // The same again, and as soon as a batch has come the next is asked for, as long as it is known
    // which sessions those are. If it comes before Next, it is asked for again.
    kSessionsAhead,
  };

  // `port` and `sink` must outlive the enumeration; `batch_size` is the COUNT of each SCAN
  // and the most keys of any other command.
  static std::shared_ptr<Enumeration> Create(CommandPort* port, ResultSink* sink, Kind kind,
                                             std::string prefix, std::size_t batch_size);
  Enumeration(const Enumeration&) = delete;
  Enumeration& operator=(const Enumeration&) = delete;
  ~Enumeration() = default;

  // Goes on. Not while an earlier call has not been answered, nor after the last batch. The
  // enumeration keeps itself alive until the sink has been told and nothing is under way.
  Admission Next(Slot slot);

 private:
  enum class Step : std::uint64_t { kScan, kTypes, kValues };

  Enumeration(CommandPort* port, ResultSink* sink, Kind kind, KeyScan scan);

  [[nodiscard]] bool wants_sessions() const {
    return kind_ == Kind::kSessions || kind_ == Kind::kSessionsAhead;
  }

  void OnReplies(std::uint64_t tag, std::span<const Reply> replies) override;
  void OnFailure(std::uint64_t tag, const Error& error) override;

  // Each sends the commands of one step.
  Admission Scan();
  Admission AskTypes();
  Admission FetchValues();
  Admission Proceed();

  // Each gives what is wrong with the replies to the step: a refusal, or kProtocol if they cannot
  // be the replies.
  std::optional<Error> Take(Step step, std::span<const Reply> replies);
  std::optional<Error> TakeScan(const Reply& reply);
  std::optional<Error> TakeTypes(std::span<const Reply> replies);
  std::optional<Error> TakeValues(std::span<const Reply> replies);

  Command& NewCommand(Step step);
  [[nodiscard]] std::string_view IdOf(const std::string& key) const;
  // Nothing is under way or owed any more, unless something is.
  void Rest();
  void Continue(Admission admission);
  void GiveBatch(Batch batch);
  void GiveCount();
  void Fail(const Error& error);

  CommandPort* port_;
  ResultSink* sink_;
  Kind kind_;
  KeyScan scan_;

  std::shared_ptr<Enumeration> self_;  // while the sink has to be told, or a request is under way
  std::optional<Slot> slot_;           // that has to be told
  bool asked_ = false;                 // a request is under way
  std::vector<std::string> keys_;      // found, and not yet dealt with
  Fetch fetch_;                        // of those whose sessions are wanted
  bool scans_along_ = false;           // the request ends with a SCAN
  std::int64_t count_ = 0;
};

}  // namespace connect_hiredis
