#include "support/recorders.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "loop/system_error.h"

namespace connect_hiredis::test {

std::string Describe(const Error& error) {
  switch (error.code) {
    case ErrorCode::kSystem:
      return "system " + SystemErrorName(error.system_error);
    case ErrorCode::kReply:
      return "reply " + error.reply;
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kQueueFull:
      return "queue full";
    case ErrorCode::kClosed:
      return "closed";
    case ErrorCode::kProtocol:
      return "protocol";
    case ErrorCode::kCredentials:
      return "credentials";
  }
  return "unknown";
}

std::string Describe(const Reply& reply) {
  switch (reply.type()) {
    case Reply::Type::kString:
      return "$" + std::string(reply.text());
    case Reply::Type::kStatus:
      return "+" + std::string(reply.text());
    case Reply::Type::kError:
      return "-" + std::string(reply.text());
    case Reply::Type::kInteger:
      return ":" + std::to_string(reply.integer());
    case Reply::Type::kNil:
      return "nil";
    case Reply::Type::kArray: {
      std::string text = "[";
      for (std::size_t index = 0; index < reply.size(); ++index) {
        text += (index == 0 ? "" : " ") + Describe(reply[index]);
      }
      return text + "]";
    }
    case Reply::Type::kOther:
      return "other";
  }
  return "unknown";
}

std::size_t RecordingObserver::Count(const std::string& event) const {
  return static_cast<std::size_t>(std::count(events.begin(), events.end(), event));
}

// ---- RecordingHandler ----

void RecordingHandler::Note(std::uint64_t tag, const std::string& what) {
  EXPECT_FALSE(submitting) << "told before Submit returned";
  order.push_back(tag);
  const auto [place, first] = told_.emplace(tag, what);
  if (!first) {
    ADD_FAILURE() << "command " << tag << " was told twice: " << place->second << ", " << what;
  }
  on_told(tag);
}

void RecordingHandler::OnReplies(std::uint64_t tag, std::span<const Reply> replies) {
  std::string what;
  for (const Reply& reply : replies) what += (what.empty() ? "" : " ") + Describe(reply);
  Note(tag, what);
}

void RecordingHandler::OnFailure(std::uint64_t tag, const Error& error) {
  errors[tag] = error;
  Note(tag, Describe(error));
}

std::string RecordingHandler::Told(std::uint64_t tag) const {
  const auto place = told_.find(tag);
  return place == told_.end() ? std::string() : place->second;
}

// ---- RecordingSink ----

void RecordingSink::Note(Slot slot, const std::string& what) {
  ++count_;
  const auto [place, first] = told_.emplace(slot, what);
  if (!first) {
    ADD_FAILURE() << "slot " << slot << " was told twice: " << place->second << ", " << what;
  }
}

void RecordingSink::OnValue(Slot slot, std::optional<std::string_view> value,
                            TimeToLive time_to_live) {
  if (value) views.push_back(*value);
  Note(slot, value ? "value '" + std::string(*value) + "' " + std::to_string(time_to_live)
                   : std::string("none"));
}

void RecordingSink::OnCount(Slot slot, std::int64_t count) {
  Note(slot, "count " + std::to_string(count));
}

void RecordingSink::OnBatch(Slot slot, Batch batch) {
  CopiedBatch& copy = batches[slot];
  copy.ids = std::move(batch.ids);
  for (const StoredValue& value : batch.values) {
    const std::string text =
        "'" + std::string(value.value) + "' " + std::to_string(value.time_to_live);
    if (!copy.values.emplace(value.id, text).second) {
      ADD_FAILURE() << value.id << " came twice in one batch";
    }
  }
  copy.last = batch.last;
  Note(slot, "batch");
}

void RecordingSink::OnFailure(Slot slot, const Error& error) { Note(slot, Describe(error)); }

std::string RecordingSink::Told(Slot slot) const {
  const auto place = told_.find(slot);
  return place == told_.end() ? std::string() : place->second;
}

}  // namespace connect_hiredis::test
