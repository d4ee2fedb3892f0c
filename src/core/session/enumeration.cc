#include "session/enumeration.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "protocol/command_writer.h"
#include "session/fetch.h"
#include "session/glob.h"

namespace connect_hiredis {

namespace {

// It is sent back as it came.
bool IsCursor(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

}  // namespace

Enumeration::Enumeration(Connection* connection, ResultSink* sink, Kind kind, std::string prefix,
                         std::size_t batch_size)
    : connection_(connection),
      sink_(sink),
      kind_(kind),
      prefix_(std::move(prefix)),
      pattern_(PrefixPattern(prefix_)),
      batch_size_(batch_size),
      type_option_(kind != Kind::kSessions) {}

std::shared_ptr<Enumeration> Enumeration::Create(Connection* connection, ResultSink* sink,
                                                 Kind kind, std::string prefix,
                                                 std::size_t batch_size) {
  return std::shared_ptr<Enumeration>(
      new Enumeration(connection, sink, kind, std::move(prefix), batch_size));
}

Admission Enumeration::Next(Slot slot) {
  slot_ = slot;
  const Admission admission = Proceed();
  if (admission == Admission::kAccepted) self_ = shared_from_this();
  return admission;
}

Command& Enumeration::NewCommand(Step step) {
  scans_along_ = false;
  Command& command = connection_->Acquire();
  command.handler = this;
  command.tag = static_cast<std::uint64_t>(step);
  return command;
}

// ---- Steps ----

Admission Enumeration::Scan() {
  const Admission admission = connection_->Admit();
  if (admission != Admission::kAccepted) return admission;
  Command& command = NewCommand(Step::kScan);
  WriteScan(command);
  connection_->Submit(command);
  return admission;
}

void Enumeration::WriteScan(Command& command) {
  CommandWriter writer(command.wire);
  writer.Begin(type_option_ ? 8 : 6).Add("SCAN").Add(cursor_);
  writer.Add("MATCH").Add(pattern_);
  writer.Add("COUNT").Add(static_cast<std::int64_t>(batch_size_));
  if (type_option_) writer.Add("TYPE").Add("string");
  ++command.expected;
}

// SCAN gives a few more keys than it is asked for: those wait until a chunk is full.
void Enumeration::ScanAlong(Command& command) {
  scans_along_ = keys_.size() < batch_size_ && !scanned_;
  if (scans_along_) WriteScan(command);
}

Admission Enumeration::AskTypes() {
  const Admission admission = connection_->Admit();
  if (admission != Admission::kAccepted) return admission;
  Command& command = NewCommand(Step::kTypes);
  CommandWriter writer(command.wire);
  for (const std::string& key : candidates_) {
    writer.Begin(2).Add("TYPE").Add(key);
    ++command.expected;
  }
  connection_->Submit(command);
  return admission;
}

Admission Enumeration::Unlink() {
  const Admission admission = connection_->Admit();
  if (admission != Admission::kAccepted) return admission;
  if (chunk_.empty()) chunk_ = TakeChunk();
  Command& command = NewCommand(Step::kUnlink);
  CommandWriter writer(command.wire);
  writer.Begin(1 + chunk_.size()).Add(unlink_ ? "UNLINK" : "DEL");
  for (const std::string& key : chunk_) writer.Add(key);
  ++command.expected;
  ScanAlong(command);
  connection_->Submit(command);
  return admission;
}

Admission Enumeration::FetchValues() {
  const Admission admission = connection_->Admit();
  if (admission != Admission::kAccepted) return admission;
  chunk_ = TakeChunk();
  Command& command = NewCommand(Step::kValues);
  WriteFetch(command, chunk_, batch_size_);
  ScanAlong(command);
  connection_->Submit(command);
  return admission;
}

// With the keys at hand, or on to the next, or to the end.
Admission Enumeration::Proceed() {
  if (!candidates_.empty()) return AskTypes();
  if (kind_ == Kind::kCount) {
    count_ += static_cast<std::int64_t>(keys_.size());
    keys_.clear();
  }
  if (keys_.empty()) {
    if (!scanned_) return Scan();
    if (kind_ == Kind::kIds || kind_ == Kind::kSessions) {
      GiveBatch({.ids = {}, .values = {}, .last = true});
    } else {
      GiveCount();
    }
    return Admission::kAccepted;
  }
  if (kind_ == Kind::kClear) return Unlink();
  if (kind_ == Kind::kSessions) return FetchValues();

  Batch batch;
  for (const std::string& key : keys_) batch.ids.emplace_back(IdOf(key));
  keys_.clear();
  batch.last = scanned_;
  GiveBatch(std::move(batch));
  return Admission::kAccepted;
}

// ---- Replies ----

void Enumeration::OnReplies(std::uint64_t tag, std::span<const Reply> replies) {
  const auto step = static_cast<Step>(tag);
  const auto error = std::find_if(replies.begin(), replies.end(),
                                  [](const Reply& reply) { return reply.is(Reply::Type::kError); });
  if (error != replies.end()) {
    const Error refusal = MakeReplyError(error->text());
    if (refusal.reply == "ERR" && step == Step::kScan && type_option_) {
      type_option_ = false;
      Continue(Scan());
    } else if (refusal.reply == "ERR" && step == Step::kUnlink && unlink_) {
      unlink_ = false;
      Continue(Unlink());
    } else {
      Fail(refusal);
    }
    return;
  }

  bool taken = true;
  if (std::exchange(scans_along_, false)) {
    taken = TakeScan(replies.back());
    replies = replies.first(replies.size() - 1);
  }
  switch (step) {
    case Step::kScan:
      taken = taken && TakeScan(replies[0]);
      break;
    case Step::kTypes:
      taken = taken && TakeTypes(replies);
      break;
    case Step::kUnlink:
      taken = taken && TakeUnlink(replies[0]);
      break;
    case Step::kValues:
      taken = taken && TakeValues(replies);
      break;
  }
  if (!taken) {
    const Error unexpected = MakeUnexpectedReplyError();
    connection_->Distrust(unexpected);
    Fail(unexpected);
  } else if (step != Step::kValues) {
    Continue(Proceed());
  }
}

void Enumeration::OnFailure(std::uint64_t /*tag*/, const Error& error) { Fail(error); }

bool Enumeration::TakeScan(const Reply& reply) {
  if (!reply.is(Reply::Type::kArray) || reply.size() != 2) return false;
  const Reply cursor = reply[0];
  const Reply found = reply[1];
  if (!cursor.is(Reply::Type::kString) || !found.is(Reply::Type::kArray)) return false;
  if (!IsCursor(cursor.text())) return false;
  // Another server process, perhaps: its table has another order. From the beginning then; what
  // was seen already counts no more than once.
  const bool same = epoch_ == connection_->epoch() || cursor_ == "0";
  epoch_ = connection_->epoch();
  cursor_ = same ? cursor.text() : "0";
  scanned_ = same && cursor_ == "0";
  // MGET gives nothing for what is no string: there is no need to ask.
  const bool typed = type_option_ || kind_ == Kind::kSessions;
  std::vector<std::string>& accepted = typed ? keys_ : candidates_;
  for (std::size_t index = 0; index < found.size(); ++index) {
    const Reply key = found[index];
    if (!key.is(Reply::Type::kString)) return false;
    const std::string_view text = key.text();
    // A key that is the prefix alone has no id: it is nobody's session.
    if (text.size() <= prefix_.size() || !text.starts_with(prefix_)) continue;
    // What is removed cannot come twice.
    if (kind_ == Kind::kClear || seen_.Add(text)) accepted.emplace_back(text);
  }
  return true;
}

bool Enumeration::TakeTypes(std::span<const Reply> replies) {
  if (replies.size() != candidates_.size()) return false;
  for (std::size_t index = 0; index < replies.size(); ++index) {
    if (!replies[index].is(Reply::Type::kStatus)) return false;
    if (replies[index].text() == "string") keys_.push_back(std::move(candidates_[index]));
  }
  candidates_.clear();
  return true;
}

bool Enumeration::TakeUnlink(const Reply& reply) {
  if (!reply.is(Reply::Type::kInteger)) return false;
  count_ += reply.integer();
  chunk_.clear();
  return true;
}

bool Enumeration::TakeValues(std::span<const Reply> replies) {
  auto found = ReadFetch(replies, chunk_, prefix_.size());
  if (!found) return false;
  chunk_.clear();
  const bool last = scanned_ && keys_.empty() && candidates_.empty();
  GiveBatch({.ids = {}, .values = std::move(*found), .last = last});
  return true;
}

// ---- Outcome ----

std::vector<std::string> Enumeration::TakeChunk() {
  if (keys_.size() <= batch_size_) return std::exchange(keys_, {});
  const auto begin = keys_.end() - static_cast<std::ptrdiff_t>(batch_size_);
  std::vector<std::string> chunk(std::make_move_iterator(begin),
                                 std::make_move_iterator(keys_.end()));
  keys_.erase(begin, keys_.end());
  return chunk;
}

std::string_view Enumeration::IdOf(const std::string& key) const {
  return std::string_view(key).substr(prefix_.size());
}

void Enumeration::Continue(Admission admission) {
  if (admission != Admission::kAccepted) Fail(MakeAdmissionError(admission, *connection_));
}

// Each of these may be the end of the enumeration's life.

void Enumeration::GiveBatch(Batch batch) {
  const auto self = std::move(self_);
  sink_->OnBatch(slot_, std::move(batch));
}

void Enumeration::GiveCount() {
  const auto self = std::move(self_);
  sink_->OnCount(slot_, count_);
}

void Enumeration::Fail(const Error& error) {
  const auto self = std::move(self_);
  sink_->OnFailure(slot_, error);
}

}  // namespace connect_hiredis
