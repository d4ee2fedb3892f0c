#include "caller.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include "require.h"
#include "session/clear.h"
#include "session/compare_and_set.h"
#include "session/get_many.h"

namespace connect_hiredis::fuzz {

using std::chrono::milliseconds;

namespace {

constexpr std::string_view kPrefix = "p:";
constexpr std::size_t kBatch = 2;

constexpr std::array kBatchKinds = {Enumeration::Kind::kIds, Enumeration::Kind::kSessions,
                                    Enumeration::Kind::kSessionsAhead};

}  // namespace

void Caller::Attach(Connection* connection) {
  connection_ = connection;
  operations_.emplace(connection, this);
}

// ---- Beginning ----

void Caller::Begin(unsigned kind) {
  const auto slot = static_cast<Slot>(begun_.size());
  begun_.emplace_back();
  Operation operation;
  beginning_ = true;
  const Admission admission = Run(kind, slot, operation);
  beginning_ = false;
  Require((admission == Admission::kClosed) >= closed_, "nothing is taken after the end");
  if (admission != Admission::kAccepted) return;
  operation.accepted = true;
  begun_[slot] = std::move(operation);
  ++outstanding_;
}

Admission Caller::Run(unsigned kind, Slot slot, Operation& operation) {
  const std::string id = std::to_string(slot);
  operation.key = std::string(kPrefix) + id;
  operation.count = slot;
  switch (kind) {
    case 0:
      return operations_->Get(slot, kPrefix, id);
    case 1:
      operation.count = 1;
      return operations_->Set(slot, kPrefix, id, "new", milliseconds(60'000), Existence::kAny);
    case 2:
      operation.count = 1;
      return operations_->Set(slot, kPrefix, id, std::string(9000, 'x'), std::nullopt,
                              Existence::kMustExist);
    case 3:
      return operations_->Touch(slot, kPrefix, id, milliseconds(60'000));
    case 4:
      return operations_->Touch(slot, kPrefix, id, std::nullopt);
    case 5:
      return operations_->Destroy(slot, kPrefix, id);
    case 6:
      return operations_->Exists(slot, kPrefix, id);
    case 7:
      return operations_->TimeLeft(slot, kPrefix, id);
    case 8: {
      std::vector<std::string> keys(3, operation.key);
      for (std::size_t index = 0; index < keys.size(); ++index) {
        keys[index] += "." + std::to_string(index);
      }
      return GetMany::Create(connection_, this, std::move(keys), kPrefix.size(), kBatch)
          ->Next(slot);
    }
    case 9:
      return CompareAndSet::Run(connection_, this, slot,
                                {operation.key, "old", "new", milliseconds(60'000), slot % 2 == 0});
    case 10:
      Open(Enumeration::Kind::kCount);
      break;
    case 11:
      operation.count = -1;
      return Clear::Run(connection_, this, slot, std::string(kPrefix), kBatch);
    case 12:
      Open(kBatchKinds[slot % kBatchKinds.size()]);
      break;
    default:
      break;
  }
  return Next(slot, operation);
}

void Caller::Open(Enumeration::Kind kind) {
  walks_.push_back(
      {Enumeration::Create(connection_, this, kind, std::string(kPrefix), kBatch), false});
}

// The next batch of the enumeration that was opened last.
Admission Caller::Next(Slot slot, Operation& operation) {
  operation.count = -1;
  operation.key.clear();
  if (walks_.empty() || walks_.back().busy || walks_.back().enumeration == nullptr) {
    return Admission::kClosed;  // there is none: nothing begins
  }
  Walk& walk = walks_.back();
  operation.enumeration = walks_.size();
  const Admission admission = walk.enumeration->Next(slot);
  if (admission == Admission::kAccepted) walk.busy = true;
  return admission;
}

// ---- Being told ----

Caller::Operation& Caller::Tell(Slot slot) {
  Require(!beginning_, "nothing is told before the call that began it has returned");
  Require(!closed_, "nothing is told after the end");
  Require(slot < begun_.size() && begun_[slot].accepted, "only what was taken is told");
  Operation& operation = begun_[slot];
  Require(!operation.told, "nothing is told twice");
  operation.told = true;
  --outstanding_;
  if (operation.enumeration > 0) walks_[operation.enumeration - 1].busy = false;
  return operation;
}

void Caller::CheckValue(std::string_view value, std::string_view key) {
  views_.emplace_back(value, value);
  if (server_->truthful()) Require(value == ValueOf(key), "a value is that of the key asked for");
}

void Caller::OnValue(Slot slot, std::optional<std::string_view> value,
                     TimeToLive /*time_to_live*/) {
  const Operation& operation = Tell(slot);
  if (value) CheckValue(*value, operation.key);
}

void Caller::OnCount(Slot slot, std::int64_t count) {
  const Operation& operation = Tell(slot);
  if (operation.enumeration > 0) {
    // Whatever it found: nothing goes on with it.
    walks_[operation.enumeration - 1].enumeration.reset();
  } else if (server_->truthful() && operation.count >= 0) {
    Require(count == operation.count, "a number is that of the key asked for");
  }
}

void Caller::OnBatch(Slot slot, Batch batch) {
  const Operation& operation = Tell(slot);
  for (const StoredValue& found : batch.values) {
    CheckValue(found.value, std::string(kPrefix) + found.id);
    if (operation.enumeration == 0) {
      Require((std::string(kPrefix) + found.id).starts_with(operation.key),
              "a batch has only what was asked for");
    }
  }
  if (operation.enumeration > 0 && batch.last)
    walks_[operation.enumeration - 1].enumeration.reset();
}

void Caller::OnFailure(Slot slot, const Error& error) {
  const Operation& operation = Tell(slot);
  Require(!error.message.empty(), "a failure says what it is");
  if (operation.enumeration > 0) walks_[operation.enumeration - 1].enumeration.reset();
}

// ---- Observing ----

void Caller::OnError(const Error& error) {
  Require(!error.message.empty(), "an error says what it is");
}

void Caller::OnTurnEnd() {
  Require(!closed_, "no turn ends after the end");
  for (const auto& [view, copy] : views_) {
    Require(view == copy, "what was told is valid until the end of the turn");
  }
  views_.clear();
  if (std::exchange(asked_, false)) {
    if (credentials == Answer::kGive) {
      connection_->ProvideCredentials({"user", "password", lifetime});
    } else if (credentials == Answer::kRefuse) {
      Error error;
      error.code = ErrorCode::kCredentials;
      error.message = "There are none";
      connection_->RefuseCredentials(std::move(error));
    }
  }
  for (const unsigned kind : std::exchange(later_, {})) Begin(kind);
  if (std::exchange(abort_, false)) connection_->Abort();
}

void Caller::OnClosed() {
  Require(!closed_, "it ends once");
  Require(all_told(), "everything is told before the end");
  closed_ = true;
}

}  // namespace connect_hiredis::fuzz
