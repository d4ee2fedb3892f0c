#include "session/compare_and_set.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "loop/system_error.h"
#include "protocol/command_writer.h"

namespace connect_hiredis {

namespace {

// ARGV: what is expected, what to store, its time to live in milliseconds or 0, and "1" if this
// may have been carried out before.
constexpr std::string_view kScript = R"(local current = redis.call('GET', KEYS[1])
if not current then return 0 end
local resent = ARGV[4] == '1'
if current ~= ARGV[1] and not (resent and current == ARGV[2]) then
  return {current, redis.call('PTTL', KEYS[1]), resent and 1 or 0}
end
if ARGV[3] == '0' then
  redis.call('SET', KEYS[1], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
)";

// SHA-1 of the script, as EVALSHA wants it; a test asks a server whether it is right.
constexpr std::string_view kScriptDigest = "e43b32b85174e628d4c7ae8e65dace530a2d22d9";

Error MakeUnknownOutcomeError() {
  Error error = MakeSystemError(kConnectionReset, "read", std::string_view(), 0);
  error.message =
      "The connection to Redis broke while the session was written, and others have written it "
      "since: whether the change was stored is not known";
  return error;
}

}  // namespace

CompareAndSet::CompareAndSet(CommandPort* port, ResultSink* sink, Slot slot, Write write)
    : port_(port), sink_(sink), slot_(slot), write_(std::move(write)), begun_(Now()) {}

Admission CompareAndSet::Run(CommandPort* port, ResultSink* sink, Slot slot, Write write) {
  std::unique_ptr<CompareAndSet> operation(new CompareAndSet(port, sink, slot, std::move(write)));
  CompareAndSet& self = *operation;
  const Admission admission = self.Send(false);
  if (admission == Admission::kAccepted) self.self_ = std::move(operation);
  return admission;
}

Admission CompareAndSet::Send(bool whole_script) {
  const Admission admission = port_->Admit({{}, write_.key});
  if (admission != Admission::kAccepted) return admission;
  Command& command = port_->Acquire({{}, write_.key});
  command.handler = this;
  command.tag = whole_script ? 1 : 0;
  CommandWriter writer(command.wire);
  writer.Begin(8);
  writer.Add(whole_script ? "EVAL" : "EVALSHA").Add(whole_script ? kScript : kScriptDigest);
  writer.Add("1").Add(write_.key).Add(write_.expected).Add(write_.value);
  // The server's asking for the whole script has taken some of the time, too.
  std::chrono::milliseconds left{0};
  if (write_.time_to_live) {
    left = std::max(*write_.time_to_live -
                        std::chrono::duration_cast<std::chrono::milliseconds>(Now() - begun_),
                    std::chrono::milliseconds(1));
  }
  command.time_to_live_at = command.wire.size();
  command.time_to_live = left;
  command.tells_attempt = true;
  command.attempted = attempted_;
  command_ = command.id();
  writer.Add(left.count()).Add(attempted_ ? "1" : "0");
  ++command.expected;
  port_->Submit(command);
  return admission;
}

void CompareAndSet::OnReplies(std::uint64_t tag, std::span<const Reply> replies) {
  const Reply& reply = replies[0];
  if (reply.is(Reply::Type::kError)) {
    const Error error = MakeReplyError(reply.text());
    // A server that does not know the script has not carried it out. On a connection that broke
    // before, one may have that has forgotten the script since.
    attempted_ = port_->WasAttempted(command_);
    if (error.reply != "NOSCRIPT" || tag == 1) {
      OnFailure(tag, error);
    } else if (const Admission admission = Send(true); admission != Admission::kAccepted) {
      OnFailure(tag, port_->Refusal(admission));
    }
    return;
  }
  const auto self = std::move(self_);
  if (reply.is(Reply::Type::kInteger)) {
    sink_->OnCount(slot_, reply.integer());
  } else if (reply.is(Reply::Type::kArray) && reply.size() == 3 &&
             reply[0].is(Reply::Type::kString) && reply[1].is(Reply::Type::kInteger) &&
             reply[2].is(Reply::Type::kInteger)) {
    if (write_.once && reply[2].integer() == 1) {
      sink_->OnFailure(slot_, MakeUnknownOutcomeError());
    } else {
      sink_->OnValue(slot_, reply[0].text(), reply[1].integer());
    }
  } else {
    const Error unexpected = MakeUnexpectedReplyError();
    port_->Distrust(unexpected);
    sink_->OnFailure(slot_, unexpected);
  }
}

void CompareAndSet::OnFailure(std::uint64_t /*tag*/, const Error& error) {
  const auto self = std::move(self_);
  sink_->OnFailure(slot_, error);
}

}  // namespace connect_hiredis
