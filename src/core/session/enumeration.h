// Walks over all sessions of one prefix in bounded batches: counts, removes or fetches them.
// Sees exactly the keys of the prefix that hold strings, each once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connection/connection.h"
#include "session/key_filter.h"
#include "session/results.h"

namespace connect_hiredis {

class Enumeration final : public std::enable_shared_from_this<Enumeration>, private CommandHandler {
 public:
  enum class Kind : std::uint8_t {
    kCount,     // one Next, OnCount: how many there are
    kClear,     // one Next, OnCount: how many were removed
    kIds,       // OnBatch for each Next until the last batch: ids
    kSessions,  // the same: ids, values and times to live
  };

  // `connection` and `sink` must outlive the enumeration; `batch_size` is the COUNT of each SCAN
  // and the most keys of any other command.
  static std::shared_ptr<Enumeration> Create(Connection* connection, ResultSink* sink, Kind kind,
                                             std::string prefix, std::size_t batch_size);
  Enumeration(const Enumeration&) = delete;
  Enumeration& operator=(const Enumeration&) = delete;
  ~Enumeration() = default;

  // Goes on. Not while an earlier call has not been answered, nor after the last batch. The
  // enumeration keeps itself alive until the sink has been told.
  Admission Next(Slot slot);

 private:
  enum class Step : std::uint64_t { kScan, kTypes, kUnlink, kValues };

  Enumeration(Connection* connection, ResultSink* sink, Kind kind, std::string prefix,
              std::size_t batch_size);

  void OnReplies(std::uint64_t tag, std::span<const Reply> replies) override;
  void OnFailure(std::uint64_t tag, const Error& error) override;

  // Each sends the commands of one step.
  Admission Scan();
  Admission AskTypes();
  Admission Unlink();
  Admission FetchValues();
  Admission Proceed();

  // Each looks at the replies of one step; false if they cannot belong to it.
  bool TakeScan(const Reply& reply);
  bool TakeTypes(std::span<const Reply> replies);
  bool TakeUnlink(const Reply& reply);
  bool TakeValues(std::span<const Reply> replies);

  Command& NewCommand(Step step);
  void WriteScan(Command& command);
  // The last of a batch's requests asks for the next keys, too: one round trip for both.
  void ScanAlong(Command& command);
  std::vector<std::string> TakeChunk();
  [[nodiscard]] std::string_view IdOf(const std::string& key) const;
  void Continue(Admission admission);
  void GiveBatch(Batch batch);
  void GiveCount();
  void Fail(const Error& error);

  Connection* connection_;
  ResultSink* sink_;
  Kind kind_;
  std::string prefix_;
  std::string pattern_;
  std::size_t batch_size_;

  std::shared_ptr<Enumeration> self_;  // while the sink has to be told
  Slot slot_ = 0;
  std::string cursor_ = "0";
  std::uint64_t epoch_ = 0;  // of the connection that the cursor is of; 0: of none yet
  bool scanned_ = false;     // the cursor is back at 0
  // Redis before 6 knows no SCAN ... TYPE, before 4 no UNLINK; found out by asking.
  bool type_option_;
  bool unlink_ = true;
  KeyFilter seen_;
  std::vector<std::string> candidates_;  // of which the type is still to be asked
  std::vector<std::string> keys_;        // found, and not yet dealt with
  std::vector<std::string> chunk_;       // being dealt with
  bool scans_along_ = false;             // the request ends with a SCAN
  std::int64_t count_ = 0;
};

}  // namespace connect_hiredis
