#include "session/operations.h"

#include "protocol/command_writer.h"

namespace connect_hiredis {

namespace {

// Commands of one key, up to that.
constexpr std::string_view kGet = "*2\r\n$3\r\nGET\r\n";
constexpr std::string_view kTimeToLive = "*2\r\n$4\r\nPTTL\r\n";

// What surrounds key and value in the longest SET: lengths, option, time to live.
constexpr std::size_t kAroundSet = 160;

}  // namespace

Operations::Operations(CommandPort* port, ResultSink* sink) : port_(port), sink_(sink) {}

Command& Operations::NewCommand(Kind kind, Slot slot, const KeyView& key) {
  Command& command = port_->Acquire(key);
  command.handler = this;
  command.tag = (static_cast<std::uint64_t>(kind) << 32U) | slot;
  return command;
}

Admission Operations::Get(Slot slot, std::string_view prefix, std::string_view id) {
  const Admission admission = port_->Admit({prefix, id});
  if (admission != Admission::kAccepted) return admission;
  Command& command = NewCommand(Kind::kGet, slot, {prefix, id});
  CommandWriter writer(command.wire);
  writer.Verbatim(kGet).AddKey(prefix, id);
  const std::size_t key_size = command.wire.size() - kGet.size();
  writer.Verbatim(kTimeToLive);
  command.wire.append(command.wire, kGet.size(), key_size);
  command.expected = 2;
  port_->Submit(command);
  return admission;
}

Admission Operations::Set(Slot slot, std::string_view prefix, std::string_view id,
                          std::string_view value, TimeToLiveOption time_to_live,
                          Existence existence) {
  const Admission admission = port_->Admit({prefix, id});
  if (admission != Admission::kAccepted) return admission;
  Command& command = NewCommand(Kind::kSet, slot, {prefix, id});
  const bool any = existence == Existence::kAny;
  // A long value would be moved when what follows it does not fit.
  command.wire.reserve(prefix.size() + id.size() + value.size() + kAroundSet);
  CommandWriter writer(command.wire);
  writer.Begin(3 + (any ? 0U : 1U) + (time_to_live ? 2U : 0U));
  writer.Add("SET").AddKey(prefix, id).Add(value);
  if (!any) writer.Add(existence == Existence::kMustExist ? "XX" : "NX");
  if (time_to_live) {
    // Last, so that it can be written anew if the command has to wait.
    writer.Add("PX");
    command.time_to_live_at = command.wire.size();
    command.time_to_live = *time_to_live;
    writer.Add(time_to_live->count());
  }
  ++command.expected;
  port_->Submit(command);
  return admission;
}

Admission Operations::Touch(Slot slot, std::string_view prefix, std::string_view id,
                            TimeToLiveOption time_to_live) {
  const Admission admission = port_->Admit({prefix, id});
  if (admission != Admission::kAccepted) return admission;
  Command& command = NewCommand(Kind::kCount, slot, {prefix, id});
  CommandWriter writer(command.wire);
  if (time_to_live) {
    writer.Begin(3).Add("PEXPIRE").AddKey(prefix, id);
    command.time_to_live_at = command.wire.size();
    command.time_to_live = *time_to_live;
    writer.Add(time_to_live->count());
  } else {
    // PERSIST answers 0 for a key without expiry as for one that is not there.
    writer.Begin(2).Add("PERSIST").AddKey(prefix, id);
    ++command.expected;
    writer.Begin(2).Add("EXISTS").AddKey(prefix, id);
  }
  ++command.expected;
  port_->Submit(command);
  return admission;
}

Admission Operations::Destroy(Slot slot, std::string_view prefix, std::string_view id) {
  return Ask(slot, "DEL", prefix, id);
}

Admission Operations::Exists(Slot slot, std::string_view prefix, std::string_view id) {
  return Ask(slot, "EXISTS", prefix, id);
}

Admission Operations::TimeLeft(Slot slot, std::string_view prefix, std::string_view id) {
  return Ask(slot, "PTTL", prefix, id);
}

Admission Operations::Ask(Slot slot, std::string_view command_name, std::string_view prefix,
                          std::string_view id) {
  const Admission admission = port_->Admit({prefix, id});
  if (admission != Admission::kAccepted) return admission;
  Command& command = NewCommand(Kind::kCount, slot, {prefix, id});
  CommandWriter(command.wire).Begin(2).Add(command_name).AddKey(prefix, id);
  ++command.expected;
  port_->Submit(command);
  return admission;
}

void Operations::OnReplies(std::uint64_t tag, std::span<const Reply> replies) {
  const auto slot = static_cast<Slot>(tag);
  switch (static_cast<Kind>(tag >> 32U)) {
    case Kind::kGet:
      CompleteGet(slot, replies);
      break;
    case Kind::kSet:
      CompleteSet(slot, replies[0]);
      break;
    case Kind::kCount:
      // The last tells; whatever else comes before it tells more.
      CompleteCount(slot, replies[0].is(Reply::Type::kInteger) ? replies.back() : replies[0]);
      break;
  }
}

void Operations::OnFailure(std::uint64_t tag, const Error& error) {
  sink_->OnFailure(static_cast<Slot>(tag), error);
}

void Operations::CompleteGet(Slot slot, std::span<const Reply> replies) {
  const Reply& value = replies[0];
  const Reply& time_to_live = replies[1];
  const bool found = value.is(Reply::Type::kString);
  if (!found && !value.is(Reply::Type::kNil)) {
    Unexpected(slot, value);
  } else if (!time_to_live.is(Reply::Type::kInteger)) {
    Unexpected(slot, time_to_live);
  } else if (!found || time_to_live.integer() == -2) {
    // -2: it lapsed between the two commands.
    sink_->OnValue(slot, std::nullopt, -2);
  } else {
    sink_->OnValue(slot, value.text(), time_to_live.integer());
  }
}

void Operations::CompleteSet(Slot slot, const Reply& reply) {
  if (reply.is(Reply::Type::kStatus)) {
    sink_->OnCount(slot, 1);
  } else if (reply.is(Reply::Type::kNil)) {
    sink_->OnCount(slot, 0);
  } else {
    Unexpected(slot, reply);
  }
}

void Operations::CompleteCount(Slot slot, const Reply& reply) {
  if (reply.is(Reply::Type::kInteger)) {
    sink_->OnCount(slot, reply.integer());
  } else {
    Unexpected(slot, reply);
  }
}

// An error is an answer. Anything else belongs to another command: who knows how many are off
// by one by now.
void Operations::Unexpected(Slot slot, const Reply& reply) {
  if (reply.is(Reply::Type::kError)) {
    sink_->OnFailure(slot, MakeReplyError(reply.text()));
    return;
  }
  const Error error = MakeUnexpectedReplyError();
  port_->Distrust(error);
  sink_->OnFailure(slot, error);
}

}  // namespace connect_hiredis
