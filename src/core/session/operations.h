// The operations on one session: get, set, touch, destroy.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "connection/command_port.h"
#include "session/results.h"

namespace connect_hiredis {

// Which writes are allowed to bring a key into being.
enum class Existence : std::uint8_t {
  kAny,
  kMustExist,     // SET ... XX: a session destroyed meanwhile is not brought back
  kMustNotExist,  // SET ... NX: what others have stored meanwhile is left alone
};

class Operations final : private CommandHandler {
 public:
  using TimeToLiveOption = std::optional<std::chrono::milliseconds>;  // empty: never expires

  // Both must outlive the operations.
  Operations(CommandPort* port, ResultSink* sink);
  Operations(const Operations&) = delete;
  Operations& operator=(const Operations&) = delete;

  // Each begins an operation on the key `prefix` + `id`; its outcome is told to the sink under
  // `slot`, unless the connection does not take it, which is told by the return value alone.

  // OnValue: what is stored, and for how long still, as of one moment.
  Admission Get(Slot slot, std::string_view prefix, std::string_view id);
  // OnCount: 1 if stored, 0 if `existence` forbade it. `time_to_live` at least 1 ms.
  Admission Set(Slot slot, std::string_view prefix, std::string_view id, std::string_view value,
                TimeToLiveOption time_to_live, Existence existence);
  // OnCount: 1 if the expiry was renewed, or taken away, 0 if there is no such session.
  Admission Touch(Slot slot, std::string_view prefix, std::string_view id,
                  TimeToLiveOption time_to_live);
  // OnCount: how many were removed.
  Admission Destroy(Slot slot, std::string_view prefix, std::string_view id);
  // OnCount: 1 or 0.
  Admission Exists(Slot slot, std::string_view prefix, std::string_view id);
  // OnCount: milliseconds, -1 if it never expires, -2 if there is no such session.
  Admission TimeLeft(Slot slot, std::string_view prefix, std::string_view id);

 private:
  enum class Kind : std::uint8_t { kGet, kSet, kCount };

  void OnReplies(std::uint64_t tag, std::span<const Reply> replies) override;
  void OnFailure(std::uint64_t tag, const Error& error) override;
  Command& NewCommand(Kind kind, Slot slot, const KeyView& key);
  // A command with the key alone, answered by an integer.
  Admission Ask(Slot slot, std::string_view command_name, std::string_view prefix,
                std::string_view id);
  void CompleteGet(Slot slot, std::span<const Reply> replies);
  void CompleteSet(Slot slot, const Reply& reply);
  void CompleteCount(Slot slot, const Reply& reply);
  void Unexpected(Slot slot, const Reply& reply);

  CommandPort* port_;
  ResultSink* sink_;
};

}  // namespace connect_hiredis
