#include "session/clear.h"

#include <tuple>
#include <utility>

#include "protocol/command_writer.h"

namespace connect_hiredis {

Clear::Clear(CommandPort* port, ResultSink* sink, Slot slot, KeyScan scan)
    : port_(port), sink_(sink), slot_(slot), scan_(std::move(scan)) {}

Admission Clear::Run(CommandPort* port, ResultSink* sink, Slot slot, std::string prefix,
                     std::size_t batch_size) {
  // What is removed cannot be found twice.
  KeyScan scan(
      port,
      {.prefix = std::move(prefix), .batch_size = batch_size, .strings_only = true, .once = false});
  std::unique_ptr<Clear> operation(new Clear(port, sink, slot, std::move(scan)));
  Clear& self = *operation;
  const Admission admission = self.Proceed();
  if (admission == Admission::kAccepted) self.self_ = std::move(operation);
  return admission;
}

Admission Clear::Proceed() {
  // A few keys wait until a command is full of them, or no more come.
  const bool all_found = scan_.ended() && !scan_.needs_types();
  const bool enough = all_found ? !keys_.empty() : keys_.size() >= scan_.batch_size();
  if (!removing_ && chunk_.empty() && enough) chunk_ = TakeChunk(keys_, scan_.batch_size());

  Admission admission = Admission::kAccepted;
  if (!scanning_ && scan_.needs_types()) {
    admission = Send(Step::kTypes);
  } else if (!scanning_ && WantsKeys()) {
    admission = Send(Step::kScan);
  }
  if (admission == Admission::kAccepted && !removing_ && !chunk_.empty()) {
    admission = Send(Step::kUnlink);
  }
  if (admission == Admission::kAccepted && !scanning_ && !removing_) {
    const auto self = std::move(self_);
    sink_->OnCount(slot_, count_);
  }
  return admission;
}

Admission Clear::Send(Step step) {
  const Admission admission = port_->Admit({});
  if (admission != Admission::kAccepted) return admission;
  Command& command = port_->Acquire({});
  command.handler = this;
  command.tag = static_cast<std::uint64_t>(step);
  switch (step) {
    case Step::kScan:
      scan_.WriteScan(command);
      // Not together with what is to be removed: the server would answer both together, and then
      // have nothing to do.
      command.at_once = true;
      break;
    case Step::kTypes:
      scan_.WriteTypes(command);
      break;
    case Step::kUnlink: {
      CommandWriter writer(command.wire);
      writer.Begin(1 + chunk_.size()).Add(unlink_ ? "UNLINK" : "DEL");
      for (const std::string& key : chunk_) writer.Add(key);
      ++command.expected;
      break;
    }
  }
  (step == Step::kUnlink ? removing_ : scanning_) = true;
  port_->Submit(command);
  return admission;
}

void Clear::OnReplies(std::uint64_t tag, std::span<const Reply> replies) {
  const auto step = static_cast<Step>(tag);
  if (Answered(step)) return;
  if (const auto refusal = FindReplyError(replies)) {
    if (!TakeRefusal(step, *refusal)) {
      Fail(*refusal);
      return;
    }
  } else if (!Take(step, replies)) {
    const Error unexpected = MakeUnexpectedReplyError();
    port_->Distrust(unexpected);
    Fail(unexpected);
    return;
  }
  const Admission admission = Proceed();
  if (admission != Admission::kAccepted) Fail(port_->Refusal(admission));
}

void Clear::OnFailure(std::uint64_t tag, const Error& error) {
  if (!Answered(static_cast<Step>(tag))) Fail(error);
}

bool Clear::Answered(Step step) {
  (step == Step::kUnlink ? removing_ : scanning_) = false;
  if (!told_) return false;
  // It was the other lane's failure that was told, and this is the last that is heard of it.
  const auto self = std::move(self_);
  return true;
}

bool Clear::Take(Step step, std::span<const Reply> replies) {
  switch (step) {
    case Step::kScan:
      return TakeScan(replies[0]);
    case Step::kTypes:
      return scan_.TakeTypes(replies, keys_);
    case Step::kUnlink:
      break;
  }
  if (!replies[0].is(Reply::Type::kInteger)) return false;
  const std::int64_t removed = replies[0].integer();
  if (removed < 0 || removed > static_cast<std::int64_t>(chunk_.size())) return false;
  count_ += removed;
  chunk_.clear();
  return true;
}

bool Clear::TakeScan(const Reply& reply) {
  if (!scan_.TakeCursor(reply)) return false;
  // The server looks for the next keys while these are taken. If it cannot be asked, Proceed is
  // told so, too.
  if (scan_.knows_types() && WantsKeys()) std::ignore = Send(Step::kScan);
  scan_.TakeKeys(reply, keys_);
  return true;
}

bool Clear::WantsKeys() const { return !scan_.ended() && keys_.size() < scan_.batch_size(); }

bool Clear::TakeRefusal(Step step, const Error& refusal) {
  if (step == Step::kScan) return scan_.DropTypeOption(refusal);
  return step == Step::kUnlink && refusal.reply == "ERR" && std::exchange(unlink_, false);
}

void Clear::Fail(const Error& error) {
  told_ = true;
  // As long as the other lane is not empty, it will be called back.
  const auto self = scanning_ || removing_ ? nullptr : std::move(self_);
  sink_->OnFailure(slot_, error);
}

}  // namespace connect_hiredis
