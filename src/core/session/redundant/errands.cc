#include "session/redundant/errands.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "protocol/command_writer.h"
#include "session/compare_and_set.h"

namespace connect_hiredis {

namespace {

constexpr std::string_view kRunId = "run_id:";

std::string RunIdIn(std::string_view information) {
  const std::size_t begin = information.find(kRunId);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = information.substr(begin + kRunId.size());
  return std::string(rest.substr(0, rest.find_first_of("\r\n")));
}

}  // namespace

Operations::TimeToLiveOption TimeToLiveOptionOf(TimeToLive time_to_live) {
  if (time_to_live < 0) return std::nullopt;
  return std::chrono::milliseconds(std::max<TimeToLive>(time_to_live, 1));
}

Errands::Errands(Connection* connection, std::string prefix)
    : connection_(connection), prefix_(std::move(prefix)), operations_(connection, this) {}

bool Errands::Expect(Slot slot, Admission admission, Then then) {
  if (admission != Admission::kAccepted) return false;
  waiting_.emplace(slot, std::move(then));
  return true;
}

void Errands::Tell(Slot slot, Outcome outcome) {
  const auto found = waiting_.find(slot);
  if (found == waiting_.end()) return;
  const Then then = std::move(found->second);
  waiting_.erase(found);
  then(std::move(outcome));
}

bool Errands::GetMany(const std::vector<std::string>& ids, Then then) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const std::string& id : ids) keys.push_back(prefix_ + id);
  const auto operation = connect_hiredis::GetMany::Create(connection_, this, std::move(keys),
                                                          prefix_.size(), ids.size());
  return GoOn(operation, {}, std::move(then));
}

// Large sessions come in several batches.
bool Errands::GoOn(const std::shared_ptr<connect_hiredis::GetMany>& operation,
                   std::vector<Found> found, Then then) {
  const Slot slot = next_++;
  auto take = [this, operation, found = std::move(found),
               then = std::move(then)](Outcome outcome) mutable {
    std::move(outcome.found.begin(), outcome.found.end(), std::back_inserter(found));
    if (!outcome.error && !outcome.last) {
      if (GoOn(operation, std::move(found), then)) return;
      outcome.error = connection_->Refusal(connection_->Admit({}));
      found.clear();  // what went with the next batch is gone: an error has no values
    }
    outcome.found = std::move(found);
    then(std::move(outcome));
  };
  return Expect(slot, operation->Next(slot), std::move(take));
}

bool Errands::Set(std::string_view id, std::string_view value, TimeToLive time_to_live,
                  Existence existence, Then then) {
  const Slot slot = next_++;
  return Expect(
      slot, operations_.Set(slot, prefix_, id, value, TimeToLiveOptionOf(time_to_live), existence),
      std::move(then));
}

bool Errands::Replace(const std::string& id, std::string expected, std::string value,
                      TimeToLive time_to_live, Then then) {
  const Slot slot = next_++;
  return Expect(slot,
                CompareAndSet::Run(connection_, this, slot,
                                   {.key = prefix_ + id,
                                    .expected = std::move(expected),
                                    .value = std::move(value),
                                    .time_to_live = TimeToLiveOptionOf(time_to_live),
                                    .once = false}),
                std::move(then));
}

// The script that compares cannot delete: it lets the session lapse at once.
bool Errands::Remove(const std::string& id, const std::string& value, Then then) {
  return Replace(id, value, value, 1, std::move(then));
}

bool Errands::Touch(std::string_view id, TimeToLive time_to_live, Then then) {
  const Slot slot = next_++;
  return Expect(slot, operations_.Touch(slot, prefix_, id, TimeToLiveOptionOf(time_to_live)),
                std::move(then));
}

bool Errands::Destroy(std::string_view id, Then then) {
  const Slot slot = next_++;
  return Expect(slot, operations_.Destroy(slot, prefix_, id), std::move(then));
}

bool Errands::Next(const std::shared_ptr<Enumeration>& enumeration, Then then) {
  const Slot slot = next_++;
  // It may tell at once what it has at hand.
  waiting_.emplace(slot, std::move(then));
  if (enumeration->Next(slot) == Admission::kAccepted) return true;
  waiting_.erase(slot);
  return false;
}

bool Errands::Identify(Then then) {
  if (connection_->Admit({}) != Admission::kAccepted) return false;
  const Slot slot = next_++;
  Command& command = connection_->Acquire({});
  command.handler = this;
  command.tag = slot;
  CommandWriter(command.wire).Begin(2).Add("INFO").Add("server");
  ++command.expected;
  waiting_.emplace(slot, std::move(then));
  connection_->Submit(command);
  return true;
}

std::shared_ptr<Enumeration> Errands::NewEnumeration(std::size_t batch_size) {
  return Enumeration::Create(connection_, this, Enumeration::Kind::kIds, prefix_, batch_size);
}

// ---- Outcomes ----

// Of a Replace that found something else.
void Errands::OnValue(Slot slot, std::optional<std::string_view> value, TimeToLive time_to_live) {
  Outcome outcome;
  if (value) outcome.found.push_back({"", std::string(*value), time_to_live});
  Tell(slot, std::move(outcome));
}

void Errands::OnCount(Slot slot, std::int64_t count) {
  Outcome outcome;
  outcome.count = count;
  Tell(slot, std::move(outcome));
}

void Errands::OnBatch(Slot slot, Batch batch) {
  Outcome outcome;
  outcome.ids = std::move(batch.ids);
  outcome.last = batch.last;
  for (StoredValue& stored : batch.values) {
    outcome.found.push_back({std::move(stored.id), std::string(stored.value), stored.time_to_live});
  }
  Tell(slot, std::move(outcome));
}

void Errands::OnFailure(Slot slot, const Error& error) {
  Outcome outcome;
  outcome.error = error;
  Tell(slot, std::move(outcome));
}

void Errands::OnReplies(std::uint64_t tag, std::span<const Reply> replies) {
  Outcome outcome;
  // Who may not ask finds out by comparing.
  if (replies[0].is(Reply::Type::kString)) outcome.text = RunIdIn(replies[0].text());
  Tell(static_cast<Slot>(tag), std::move(outcome));
}

void Errands::OnFailure(std::uint64_t tag, const Error& error) {
  OnFailure(static_cast<Slot>(tag), error);
}

}  // namespace connect_hiredis
