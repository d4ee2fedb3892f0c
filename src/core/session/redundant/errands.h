// Operations on one server that no caller waits for: what has to be done so that it has the
// sessions that it should have. Each tells what it came to by a function.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connection/connection.h"
#include "session/enumeration.h"
#include "session/get_many.h"
#include "session/operations.h"
#include "session/results.h"

namespace connect_hiredis {

class Errands final : private ResultSink, private CommandHandler {
 public:
  // A session, with a value of its own.
  struct Found {
    std::string id;
    std::string value;
    TimeToLive time_to_live = -1;
  };
  struct Outcome {
    std::optional<Error> error;
    std::int64_t count = 0;        // of what changes something
    std::vector<Found> found;      // of what reads values, and of a Replace that found another
    std::vector<std::string> ids;  // of an enumeration of ids
    bool last = false;             // likewise
    std::string text;              // of an identity
  };
  using Then = std::function<void(Outcome)>;

  // `connection` must outlive this.
  Errands(Connection* connection, std::string prefix);
  Errands(const Errands&) = delete;
  Errands& operator=(const Errands&) = delete;

  // Each gives false if the connection does not take it: then `then` is not called.
  bool GetMany(const std::vector<std::string>& ids, Then then);
  bool Set(std::string_view id, std::string_view value, TimeToLive time_to_live,
           Existence existence, Then then);
  bool Replace(const std::string& id, std::string expected, std::string value,
               TimeToLive time_to_live, Then then);
  // Unless it has another value.
  bool Remove(const std::string& id, const std::string& value, Then then);
  bool Touch(std::string_view id, TimeToLive time_to_live, Then then);
  bool Destroy(std::string_view id, Then then);
  bool Next(const std::shared_ptr<Enumeration>& enumeration, Then then);
  // Outcome::text: the run_id of the server's process; empty where it is not told.
  bool Identify(Then then);

  [[nodiscard]] std::shared_ptr<Enumeration> NewEnumeration(std::size_t batch_size);
  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  // Of the connection on which the next one is sent.
  [[nodiscard]] std::uint64_t epoch() const { return connection_->sending_epoch(); }

 private:
  void OnValue(Slot slot, std::optional<std::string_view> value, TimeToLive time_to_live) override;
  void OnCount(Slot slot, std::int64_t count) override;
  void OnBatch(Slot slot, Batch batch) override;
  void OnFailure(Slot slot, const Error& error) override;
  void OnReplies(std::uint64_t tag, std::span<const Reply> replies) override;
  void OnFailure(std::uint64_t tag, const Error& error) override;

  bool GoOn(const std::shared_ptr<connect_hiredis::GetMany>& operation, std::vector<Found> found,
            Then then);
  bool Expect(Slot slot, Admission admission, Then then);
  void Tell(Slot slot, Outcome outcome);

  Connection* connection_;
  std::string prefix_;
  Operations operations_;
  Slot next_ = 0;
  std::unordered_map<Slot, Then> waiting_;
};

// Milliseconds as Redis counts them: below 0 there is no expiry.
Operations::TimeToLiveOption TimeToLiveOptionOf(TimeToLive time_to_live);

}  // namespace connect_hiredis
