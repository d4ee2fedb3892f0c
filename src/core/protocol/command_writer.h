// Writes commands as RESP arrays of bulk strings
// (https://redis.io/docs/latest/develop/reference/protocol-spec/#sending-commands-to-a-redis-server).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace connect_hiredis {

class CommandWriter {
 public:
  // Appends to `output`, which must outlive the writer.
  explicit CommandWriter(std::string& output) : output_(output) {}

  // Begins a command of `arguments` bulk strings, its name included.
  CommandWriter& Begin(std::size_t arguments);
  CommandWriter& Add(std::string_view argument);
  CommandWriter& Add(std::int64_t argument);
  // What is RESP already, such as the beginning of a command that is always the same.
  CommandWriter& Verbatim(std::string_view resp) {
    output_.append(resp);
    return *this;
  }
  // One argument in two parts, such as prefix and session id.
  CommandWriter& AddKey(std::string_view prefix, std::string_view id);

 private:
  void Header(char kind, std::size_t number);

  std::string& output_;
};

}  // namespace connect_hiredis
