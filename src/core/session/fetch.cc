#include "session/fetch.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "protocol/command_writer.h"

namespace connect_hiredis {

namespace {

// Commands of one key, up to that.
constexpr std::string_view kAskTimeToLive = "*2\r\n$4\r\nPTTL\r\n";
constexpr std::string_view kLength = "*2\r\n$6\r\nSTRLEN\r\n";

constexpr std::size_t kUnknownSize = std::numeric_limits<std::size_t>::max();

}  // namespace

void WriteFetch(Command& command, std::span<const std::string> keys, std::size_t most) {
  CommandWriter writer(command.wire);
  for (std::size_t begin = 0; begin < keys.size(); begin += most) {
    const auto chunk = keys.subspan(begin, std::min(most, keys.size() - begin));
    writer.Begin(1 + chunk.size()).Add("MGET");
    for (const std::string& key : chunk) writer.Add(key);
    ++command.expected;
    for (const std::string& key : chunk) {
      writer.Verbatim(kAskTimeToLive).Add(key);
      ++command.expected;
    }
  }
}

std::optional<std::vector<StoredValue>> ReadFetch(std::span<const Reply> replies,
                                                  std::span<const std::string> keys,
                                                  std::size_t prefix_size) {
  std::vector<StoredValue> found;
  std::size_t next = 0;  // reply
  for (std::size_t key = 0; key < keys.size();) {
    if (next == replies.size()) return std::nullopt;
    const Reply& values = replies[next++];
    if (!values.is(Reply::Type::kArray) || values.size() > keys.size() - key) return std::nullopt;
    if (values.size() == 0 || values.size() > replies.size() - next) return std::nullopt;
    for (std::size_t index = 0; index < values.size(); ++index, ++key) {
      const Reply value = values[index];
      const Reply& time_to_live = replies[next++];
      if (!time_to_live.is(Reply::Type::kInteger)) return std::nullopt;
      if (!value.is(Reply::Type::kString) && !value.is(Reply::Type::kNil)) return std::nullopt;
      // Lapsed meanwhile, or became something other than a string.
      if (value.is(Reply::Type::kNil) || time_to_live.integer() == -2) continue;
      found.push_back({keys[key].substr(prefix_size), value.text(), time_to_live.integer()});
    }
  }
  return found;
}

// ---- Fetch ----

void Fetch::Add(std::vector<std::string> keys) {
  for (std::string& key : keys) keys_.push_back({std::move(key)});
  if (!measures_) measured_ = keys_.size();
}

std::size_t Fetch::TakeChunk() {
  std::size_t bytes = 0;
  while (measured_ > 0 && chunk_.size() < options_.per_request && bytes <= kMostBytes) {
    Key& key = keys_.front();
    if (!chunk_.empty() && key.size > kMostBytes - bytes) break;
    bytes += key.size;
    chunk_.push_back(std::move(key.name));
    keys_.pop_front();
    --measured_;
  }
  return bytes;
}

bool Fetch::Write(Command& command, bool last) {
  if (last && keys_.size() == 1 && measured_ == 0) {
    // It will be alone, whatever its length is.
    keys_.front().size = kUnknownSize;
    measured_ = 1;
  }
  const std::size_t bytes = TakeChunk();
  WriteFetch(command, chunk_, options_.per_command);
  if (bytes > kMostBytes) return false;
  WriteLengths(command);
  return true;
}

void Fetch::WriteLengths(Command& command) {
  if (measured_ >= options_.per_request) return;
  measuring_ = std::min(keys_.size() - measured_, options_.per_request - measured_);
  CommandWriter writer(command.wire);
  for (std::size_t index = measured_; index < measured_ + measuring_; ++index) {
    writer.Verbatim(kLength).Add(keys_[index].name);
  }
  command.expected += measuring_;
}

std::optional<Error> Fetch::Read(std::span<const Reply>& replies, std::vector<StoredValue>& found) {
  const std::size_t commands = (chunk_.size() + options_.per_command - 1) / options_.per_command;
  const std::size_t own = commands + chunk_.size();
  if (replies.size() < own + measuring_) return MakeUnexpectedReplyError();
  const auto answers = replies.first(own);
  if (auto refusal = FindReplyError(answers)) return refusal;
  auto values = ReadFetch(answers, chunk_, options_.prefix_size);
  if (!values) return MakeUnexpectedReplyError();
  const auto lengths = replies.subspan(own, measuring_);
  if (auto error = ReadLengths(lengths)) return error;
  replies = replies.subspan(own + lengths.size());
  found = std::move(*values);
  return std::nullopt;
}

std::optional<Error> Fetch::ReadLengths(std::span<const Reply> replies) {
  for (const Reply& reply : replies) {
    if (reply.is(Reply::Type::kError)) {
      // MGET takes what is no string for what is not there. A command that the server does not
      // know, or this user may not use, will not be known later either.
      const bool lasting = reply.text().starts_with("NOPERM ") || reply.text().starts_with("ERR ");
      if (!lasting && !reply.text().starts_with("WRONGTYPE ")) return MakeReplyError(reply.text());
      measures_ = measures_ && !lasting;
    } else if (!reply.is(Reply::Type::kInteger) || reply.integer() < 0) {
      return MakeUnexpectedReplyError();
    }
    // Of an error: 0.
    keys_[measured_++].size = static_cast<std::size_t>(reply.integer());
  }
  measuring_ = 0;
  if (!measures_) measured_ = keys_.size();
  return std::nullopt;
}

void Fetch::Restore() {
  while (!chunk_.empty()) {
    keys_.push_front({std::move(chunk_.back())});
    chunk_.pop_back();
  }
  measuring_ = 0;
  measured_ = measures_ ? 0 : keys_.size();
}

}  // namespace connect_hiredis
