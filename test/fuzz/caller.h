// Begins operations of every kind on one connection, and demands that each is told its outcome
// once, later, and its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connection/connection.h"
#include "server.h"
#include "session/enumeration.h"
#include "session/operations.h"
#include "session/results.h"

namespace connect_hiredis::fuzz {

class Caller final : public ResultSink, public ConnectionObserver {
 public:
  static constexpr unsigned kKinds = 14;

  // The server tells whether what arrives can be relied on.
  explicit Caller(const Server* server) : server_(server) {}

  void Attach(Connection* connection);

  // `kind` below kKinds.
  void Begin(unsigned kind);
  // Operations to begin at the end of the next turn, from inside the connection.
  void BeginAtTurnEnd(unsigned kind) { later_.push_back(kind); }
  void AbortAtTurnEnd() { abort_ = true; }
  // What the function for credentials does: answers, refuses, or nothing.
  enum class Answer : std::uint8_t { kGive, kRefuse, kNone };
  Answer credentials = Answer::kGive;
  std::optional<std::chrono::milliseconds> lifetime;

  [[nodiscard]] bool all_told() const { return outstanding_ == 0; }
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  struct Operation {
    std::int64_t count = -1;  // what a truthful server makes of it; -1: that depends
    std::string key;          // of which a value is told
    std::size_t enumeration = 0;
    bool accepted = false;
    bool told = false;
  };
  struct Walk {
    std::shared_ptr<Enumeration> enumeration;
    bool busy = false;
  };

  Admission Run(unsigned kind, Slot slot, Operation& operation);
  Admission Next(Slot slot, Operation& operation);
  void Open(Enumeration::Kind kind);
  Operation& Tell(Slot slot);
  void CheckValue(std::string_view value, std::string_view key);

  // Of the sink.
  void OnValue(Slot slot, std::optional<std::string_view> value, TimeToLive time_to_live) override;
  void OnCount(Slot slot, std::int64_t count) override;
  void OnBatch(Slot slot, Batch batch) override;
  void OnFailure(Slot slot, const Error& error) override;
  // Of the observer.
  void OnConnected() override {}
  void OnReady() override {}
  void OnError(const Error& error) override;
  void OnOutage() override {}
  void OnCredentialsNeeded() override { asked_ = true; }
  void OnTurnEnd() override;
  void OnClosed() override;

  const Server* server_;
  Connection* connection_ = nullptr;
  std::optional<Operations> operations_;
  std::vector<Operation> begun_;
  std::vector<Walk> walks_;
  std::size_t outstanding_ = 0;
  bool beginning_ = false;
  bool closed_ = false;
  bool abort_ = false;
  bool asked_ = false;
  std::vector<unsigned> later_;
  // Views that are promised until the end of the turn, and what they showed.
  std::vector<std::pair<std::string_view, std::string>> views_;
};

}  // namespace connect_hiredis::fuzz
