#include "session/get_many.h"

#include <utility>

#include "session/fetch.h"

namespace connect_hiredis {

GetMany::GetMany(Connection* connection, ResultSink* sink, Slot slot, std::vector<std::string> keys,
                 std::size_t prefix_size)
    : connection_(connection),
      sink_(sink),
      slot_(slot),
      keys_(std::move(keys)),
      prefix_size_(prefix_size) {}

Admission GetMany::Run(Connection* connection, ResultSink* sink, Slot slot,
                       std::vector<std::string> keys, std::size_t prefix_size, std::size_t most) {
  const Admission admission = connection->Admit();
  if (admission != Admission::kAccepted) return admission;
  std::unique_ptr<GetMany> operation(
      new GetMany(connection, sink, slot, std::move(keys), prefix_size));
  Command& command = connection->Acquire();
  command.handler = operation.get();
  WriteFetch(command, operation->keys_, most);
  GetMany& self = *operation;
  self.self_ = std::move(operation);
  connection->Submit(command);
  return admission;
}

void GetMany::OnReplies(std::uint64_t /*tag*/, std::span<const Reply> replies) {
  const auto self = std::move(self_);
  if (const auto refusal = FindReplyError(replies)) {
    sink_->OnFailure(slot_, *refusal);
  } else if (auto found = ReadFetch(replies, keys_, prefix_size_)) {
    sink_->OnBatch(slot_, {.ids = {}, .values = std::move(*found), .last = true});
  } else {
    const Error unexpected = MakeUnexpectedReplyError();
    connection_->Distrust(unexpected);
    sink_->OnFailure(slot_, unexpected);
  }
}

void GetMany::OnFailure(std::uint64_t /*tag*/, const Error& error) {
  const auto self = std::move(self_);
  sink_->OnFailure(slot_, error);
}

}  // namespace connect_hiredis
