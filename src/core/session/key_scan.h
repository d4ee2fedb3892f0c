// SCAN over the keys of one prefix: what to ask next, and which keys an answer has found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "connection/command_port.h"
#include "session/key_filter.h"

namespace connect_hiredis {

class KeyScan {
 public:
  struct Options {
    std::string prefix;
    std::size_t batch_size;  // the COUNT of each SCAN
    bool strings_only;       // leaves out the keys that hold something else
    bool once;               // leaves out what it has found before
  };

  // `port` must outlive it.
  KeyScan(const CommandPort* port, Options options);

  // Adds a SCAN to `command`. Not after the end.
  void WriteScan(Command& command) const;
  // False if `reply` cannot be that of a SCAN. Else the next one can be sent, and the keys of
  // this one taken while the server works on it.
  bool TakeCursor(const Reply& reply);
  // Adds the keys to `keys`, in the order of the reply, which TakeCursor has taken.
  void TakeKeys(const Reply& reply, std::vector<std::string>& keys);

  // Whether all keys that are found are taken; else the types have to be asked for first.
  [[nodiscard]] bool knows_types() const { return type_option_ || !options_.strings_only; }
  [[nodiscard]] bool needs_types() const { return !untyped_.empty(); }
  void WriteTypes(Command& command) const;
  bool TakeTypes(std::span<const Reply> replies, std::vector<std::string>& keys);

  // True if `refusal` came of an option that the server does not know: to be asked again without.
  bool DropTypeOption(const Error& refusal);

  // The server has told the last keys.
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] const std::string& prefix() const { return options_.prefix; }
  [[nodiscard]] std::size_t batch_size() const { return options_.batch_size; }

 private:
  const CommandPort* port_;
  Options options_;
  std::string pattern_;
  std::string cursor_ = "0";
  std::uint64_t epoch_ = 0;  // of the connection that the cursor is of; 0: of none yet
  bool ended_ = false;
  // Redis before 6 knows no SCAN ... TYPE; found out by asking.
  bool type_option_;
  KeyFilter seen_;
  std::vector<std::string> untyped_;  // of which the type is still to be asked
};

// Takes as many of `keys` as there are, but no more than `most`.
std::vector<std::string> TakeChunk(std::vector<std::string>& keys, std::size_t most);

}  // namespace connect_hiredis
