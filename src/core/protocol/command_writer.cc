#include "protocol/command_writer.h"

#include <array>
#include <charconv>

namespace connect_hiredis {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMaxDigits = 20;

}  // namespace

void CommandWriter::Header(char kind, std::size_t number) {
  std::array<char, kMaxDigits + 3> text{};
  text[0] = kind;
  char* end = std::to_chars(text.data() + 1, text.data() + 1 + kMaxDigits, number).ptr;
  *end++ = '\r';
  *end++ = '\n';
  output_.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

CommandWriter& CommandWriter::Begin(std::size_t arguments) {
  Header('*', arguments);
  return *this;
}

CommandWriter& CommandWriter::Add(std::string_view argument) {
  Header('$', argument.size());
  output_.append(argument).append(kLineEnd);
  return *this;
}

CommandWriter& CommandWriter::Add(std::int64_t argument) {
  std::array<char, kMaxDigits> text{};
  const char* end = std::to_chars(text.data(), text.data() + text.size(), argument).ptr;
  return Add(std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
}

CommandWriter& CommandWriter::AddKey(std::string_view prefix, std::string_view id) {
  Header('$', prefix.size() + id.size());
  output_.append(prefix).append(id).append(kLineEnd);
  return *this;
}

}  // namespace connect_hiredis
