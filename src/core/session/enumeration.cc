#include "session/enumeration.h"

#include <tuple>
#include <utility>

namespace connect_hiredis {

Enumeration::Enumeration(CommandPort* port, ResultSink* sink, Kind kind, KeyScan scan)
    : port_(port),
      sink_(sink),
      kind_(kind),
      scan_(std::move(scan)),
      fetch_({.prefix_size = scan_.prefix().size(),
              .per_command = scan_.batch_size(),
              .per_request = scan_.batch_size()}) {}

std::shared_ptr<Enumeration> Enumeration::Create(CommandPort* port, ResultSink* sink, Kind kind,
                                                 std::string prefix, std::size_t batch_size) {
  // MGET gives nothing for what is no string: there is no need to ask.
  const bool strings_only = kind == Kind::kCount || kind == Kind::kIds;
  KeyScan scan(port, {.prefix = std::move(prefix),
                      .batch_size = batch_size,
                      .strings_only = strings_only,
                      .once = true});
  return std::shared_ptr<Enumeration>(new Enumeration(port, sink, kind, std::move(scan)));
}

Admission Enumeration::Next(Slot slot) {
  // Who is told may let go of it.
  const auto self = shared_from_this();
  slot_ = slot;
  const Admission admission = Proceed();
  if (admission != Admission::kAccepted) slot_.reset();
  Rest();
  return admission;
}

Command& Enumeration::NewCommand(Step step) {
  asked_ = true;
  scans_along_ = false;
  Command& command = port_->Acquire({});
  command.handler = this;
  command.tag = static_cast<std::uint64_t>(step);
  return command;
}

// ---- Steps ----

Admission Enumeration::Scan() {
  const Admission admission = port_->Admit({});
  if (admission != Admission::kAccepted) return admission;
  Command& command = NewCommand(Step::kScan);
  scan_.WriteScan(command);
  command.at_once = true;
  port_->Submit(command);
  return admission;
}

Admission Enumeration::AskTypes() {
  const Admission admission = port_->Admit({});
  if (admission != Admission::kAccepted) return admission;
  Command& command = NewCommand(Step::kTypes);
  scan_.WriteTypes(command);
  port_->Submit(command);
  return admission;
}

Admission Enumeration::FetchValues() {
  const Admission admission = port_->Admit({});
  if (admission != Admission::kAccepted) return admission;
  Command& command = NewCommand(Step::kValues);
  const bool small = fetch_.Write(command, scan_.ended());
  // The request asks for the next keys, too: one round trip for both. SCAN gives a few more than
  // it is asked for: those wait until a chunk is full.
  scans_along_ = small && fetch_.wants_more() && !scan_.ended();
  if (scans_along_) scan_.WriteScan(command);
  port_->Submit(command);
  return admission;
}

// With the keys at hand, or on to the next, or to the end.
Admission Enumeration::Proceed() {
  if (kind_ == Kind::kCount) {
    count_ += static_cast<std::int64_t>(keys_.size());
    keys_.clear();
  }
  if (asked_) return Admission::kAccepted;
  if (scan_.needs_types()) return AskTypes();
  if (!fetch_.empty()) return FetchValues();
  if (keys_.empty()) {
    if (!scan_.ended()) return Scan();
    if (kind_ == Kind::kCount) {
      GiveCount();
    } else {
      GiveBatch({.ids = {}, .values = {}, .last = true});
    }
    return Admission::kAccepted;
  }
  Batch batch;
  for (const std::string& key : keys_) batch.ids.emplace_back(IdOf(key));
  keys_.clear();
  batch.last = scan_.ended();
  GiveBatch(std::move(batch));
  return Admission::kAccepted;
}

// ---- Replies ----

void Enumeration::OnReplies(std::uint64_t tag, std::span<const Reply> replies) {
  const auto self = shared_from_this();
  const auto step = static_cast<Step>(tag);
  asked_ = false;
  const auto error = Take(step, replies);
  if (!error) {
    // Of a batch that was asked for ahead, nobody may have been told yet.
    if (slot_) Continue(Proceed());
  } else if (step == Step::kScan && scan_.DropTypeOption(*error)) {
    Continue(Scan());
  } else {
    if (error->code == ErrorCode::kProtocol) port_->Distrust(*error);
    Fail(*error);
  }
  Rest();
}

void Enumeration::OnFailure(std::uint64_t /*tag*/, const Error& error) {
  const auto self = shared_from_this();
  asked_ = false;
  Fail(error);
  Rest();
}

std::optional<Error> Enumeration::Take(Step step, std::span<const Reply> replies) {
  switch (step) {
    case Step::kScan:
      return TakeScan(replies[0]);
    case Step::kTypes:
      return TakeTypes(replies);
    case Step::kValues:
      break;
  }
  if (std::exchange(scans_along_, false)) {
    if (auto error = TakeScan(replies.back())) return error;
    replies = replies.first(replies.size() - 1);
  }
  return TakeValues(replies);
}

std::optional<Error> Enumeration::TakeScan(const Reply& reply) {
  if (reply.is(Reply::Type::kError)) return MakeReplyError(reply.text());
  if (!scan_.TakeCursor(reply)) return MakeUnexpectedReplyError();
  // The server looks for the next keys while these are counted. If it cannot be asked, Proceed is
  // told so, too.
  if (kind_ == Kind::kCount && scan_.knows_types() && !scan_.ended()) std::ignore = Scan();
  scan_.TakeKeys(reply, keys_);
  if (wants_sessions()) fetch_.Add(std::exchange(keys_, {}));
  return std::nullopt;
}

std::optional<Error> Enumeration::TakeTypes(std::span<const Reply> replies) {
  if (auto refusal = FindReplyError(replies)) return refusal;
  if (!scan_.TakeTypes(replies, keys_)) return MakeUnexpectedReplyError();
  return std::nullopt;
}

std::optional<Error> Enumeration::TakeValues(std::span<const Reply> replies) {
  std::vector<StoredValue> found;
  const bool lengths_alone = fetch_.measures_alone();
  if (auto error = fetch_.Read(replies, found)) return error;
  if (!slot_ && !lengths_alone) {
    fetch_.Restore();
    return std::nullopt;
  }
  fetch_.Finish();
  if (lengths_alone) return std::nullopt;
  const bool last = scan_.ended() && fetch_.empty();
  // The server fetches them while these are turned into JavaScript's. If it cannot be asked, that
  // is told by the next call.
  if (kind_ == Kind::kSessionsAhead && !fetch_.empty()) std::ignore = FetchValues();
  GiveBatch({.ids = {}, .values = std::move(found), .last = last});
  return std::nullopt;
}

// ---- Outcome ----

std::string_view Enumeration::IdOf(const std::string& key) const {
  return std::string_view(key).substr(scan_.prefix().size());
}

void Enumeration::Rest() { self_ = asked_ || slot_ ? shared_from_this() : nullptr; }

void Enumeration::Continue(Admission admission) {
  if (admission != Admission::kAccepted) Fail(port_->Refusal(admission));
}

void Enumeration::GiveBatch(Batch batch) {
  if (slot_) sink_->OnBatch(*std::exchange(slot_, std::nullopt), std::move(batch));
}

void Enumeration::GiveCount() {
  if (slot_) sink_->OnCount(*std::exchange(slot_, std::nullopt), count_);
}

void Enumeration::Fail(const Error& error) {
  fetch_.Restore();
  // What was asked for ahead is asked for again.
  if (slot_) sink_->OnFailure(*std::exchange(slot_, std::nullopt), error);
}

}  // namespace connect_hiredis
