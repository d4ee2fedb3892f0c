// Those whom the core tells things, noting what they are told.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connection/connection.h"
#include "session/results.h"

namespace connect_hiredis::test {

// Such as "system ECONNREFUSED", "reply WRONGTYPE", "timeout".
std::string Describe(const Error& error);
// Such as $text, +OK, :1, -ERR ..., nil, [$a $b].
std::string Describe(const Reply& reply);

class RecordingObserver final : public ConnectionObserver {
 public:
  void OnConnected() override { events.emplace_back("connected"); }
  void OnReady() override { events.emplace_back("ready"); }
  void OnError(const Error& error) override {
    events.push_back(Describe(error));
    errors.push_back(error);
  }
  void OnOutage() override { events.emplace_back("outage"); }
  void OnCredentialsNeeded() override { events.emplace_back("credentials needed"); }
  void OnTurnEnd() override {
    ++turns;
    // A copy: what is called may put something else in its place.
    const auto call = on_turn_end;
    call();
  }
  void OnClosed() override {
    ++closed;
    const auto call = on_closed;
    call();
  }

  [[nodiscard]] std::size_t Count(const std::string& event) const;

  std::vector<std::string> events;
  std::vector<Error> errors;
  std::size_t turns = 0;
  std::size_t closed = 0;
  std::function<void()> on_turn_end = [] {};
  std::function<void()> on_closed = [] {};
};

class RecordingHandler final : public CommandHandler {
 public:
  void OnReplies(std::uint64_t tag, std::span<const Reply> replies) override;
  void OnFailure(std::uint64_t tag, const Error& error) override;

  // What was told of this command: replies with spaces between them, or an error; empty if
  // nothing yet. Being told twice never passes unseen.
  [[nodiscard]] std::string Told(std::uint64_t tag) const;
  [[nodiscard]] std::size_t count() const { return order.size(); }

  std::vector<std::uint64_t> order;
  std::map<std::uint64_t, Error> errors;
  bool submitting = false;  // between Submit and its return
  std::function<void(std::uint64_t tag)> on_told = [](std::uint64_t) {};

 private:
  void Note(std::uint64_t tag, const std::string& what);

  std::map<std::uint64_t, std::string> told_;
};

class RecordingSink final : public ResultSink {
 public:
  void OnValue(Slot slot, std::optional<std::string_view> value, TimeToLive time_to_live) override;
  void OnCount(Slot slot, std::int64_t count) override;
  void OnBatch(Slot slot, Batch batch) override;
  void OnFailure(Slot slot, const Error& error) override;

  // As RecordingHandler's: "value 'a' 1000", "none", "count 1", "batch", or an error.
  [[nodiscard]] std::string Told(Slot slot) const;
  [[nodiscard]] std::size_t count() const { return count_; }

  // What is told is valid until the end of the turn; these are its copies.
  struct CopiedBatch {
    std::vector<std::string> ids;
    std::map<std::string, std::string> values;  // "'value' 1000"
    bool last = false;
  };
  std::map<Slot, CopiedBatch> batches;
  std::vector<std::string_view> views;  // of values, as they were told

 private:
  void Note(Slot slot, const std::string& what);

  std::size_t count_ = 0;
  std::map<Slot, std::string> told_;
};

}  // namespace connect_hiredis::test
