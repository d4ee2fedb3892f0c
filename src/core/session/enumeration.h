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

#include "connection/connection.h"
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

  // `connection` and `sink` must outlive the enumeration; `batch_size` is the COUNT of each SCAN
  // and the most keys of any other command.
  static std::shared_ptr<Enumeration> Create(Connection* connection, ResultSink* sink, Kind kind,
                                             std::string prefix, std::size_t batch_size);
  Enumeration(const Enumeration&) = delete;
  Enumeration& operator=(const Enumeration&) = delete;
  ~Enumeration() = default;

  // Goes on. Not while an earlier call has not been answered, nor after the last batch. The
  // enumeration keeps itself alive until the sink has been told and nothing is under way.
  Admission Next(Slot slot);

 private:
  enum class Step : std::uint64_t { kScan, kTypes, kValues };

  Enumeration(Connection* connection, ResultSink* sink, Kind kind, KeyScan scan);

  void OnReplies(std::uint64_t tag, std::span<const Reply> replies) override;
  void OnFailure(std::uint64_t tag, const Error& error) override;

  // Each sends the commands of one step.
  Admission Scan();
  Admission AskTypes();
  Admission FetchValues();
  Admission Proceed();

  // False if the replies cannot belong to the step.
  bool Take(Step step, std::span<const Reply> replies);
  bool TakeScan(const Reply& reply);
  bool TakeValues(std::span<const Reply> replies);

  Command& NewCommand(Step step);
  [[nodiscard]] std::string_view IdOf(const std::string& key) const;
  // What was being fetched is still to be.
  void RestoreChunk();
  // Nothing is under way or owed any more, unless something is.
  void Rest();
  void Continue(Admission admission);
  void GiveBatch(Batch batch);
  void GiveCount();
  void Fail(const Error& error);

  Connection* connection_;
  ResultSink* sink_;
  Kind kind_;
  KeyScan scan_;

  std::shared_ptr<Enumeration> self_;  // while the sink has to be told, or a request is under way
  std::optional<Slot> slot_;           // that has to be told
  bool asked_ = false;                 // a request is under way
  std::vector<std::string> keys_;      // found, and not yet dealt with
  std::vector<std::string> chunk_;     // whose values are being fetched
  bool scans_along_ = false;           // the request ends with a SCAN
  std::int64_t count_ = 0;
};

}  // namespace connect_hiredis
