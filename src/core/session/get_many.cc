#include "session/get_many.h"

#include <algorithm>
#include <utility>

namespace connect_hiredis {

namespace {

// Of one request, all MGETs together.
constexpr std::size_t kMostKeys = 2000;

}  // namespace

GetMany::GetMany(CommandPort* port, ResultSink* sink, Fetch fetch)
    : port_(port), sink_(sink), fetch_(std::move(fetch)) {}

std::shared_ptr<GetMany> GetMany::Create(CommandPort* port, ResultSink* sink,
                                         std::vector<std::string> keys, std::size_t prefix_size,
                                         std::size_t most) {
  Fetch fetch(
      {.prefix_size = prefix_size, .per_command = most, .per_request = std::max(most, kMostKeys)});
  fetch.Add(std::move(keys));
  return std::shared_ptr<GetMany>(new GetMany(port, sink, std::move(fetch)));
}

Admission GetMany::Next(Slot slot) {
  slot_ = slot;
  deadline_.reset();
  const Admission admission = Send(port_->Admit({}));
  if (admission == Admission::kAccepted) self_ = shared_from_this();
  return admission;
}

Admission GetMany::Send(Admission admission) {
  if (admission != Admission::kAccepted) return admission;
  Command& command = port_->Acquire({});
  command.handler = this;
  fetch_.Write(command, true);
  command.deadline_before = deadline_;
  port_->Submit(command);
  deadline_ = command.deadline;
  return admission;
}

void GetMany::OnReplies(std::uint64_t tag, std::span<const Reply> replies) {
  std::vector<StoredValue> found;
  const bool lengths_alone = fetch_.measures_alone();
  if (const auto error = fetch_.Read(replies, found)) {
    if (error->code == ErrorCode::kProtocol) port_->Distrust(*error);
    OnFailure(tag, *error);
    return;
  }
  fetch_.Finish();
  if (lengths_alone) {
    const Admission admission = Send(port_->AdmitNext({}));
    if (admission != Admission::kAccepted) OnFailure(tag, port_->Refusal(admission));
    return;
  }
  const auto self = std::move(self_);
  sink_->OnBatch(slot_, {.ids = {}, .values = std::move(found), .last = fetch_.empty()});
}

void GetMany::OnFailure(std::uint64_t /*tag*/, const Error& error) {
  fetch_.Restore();
  const auto self = std::move(self_);
  sink_->OnFailure(slot_, error);
}

}  // namespace connect_hiredis
