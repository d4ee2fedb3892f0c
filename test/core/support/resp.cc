#include "support/resp.h"

#include <cstdlib>

namespace connect_hiredis::test {

std::string Bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

std::string Simple(std::string_view text) { return "+" + std::string(text) + "\r\n"; }

std::string Refusal(std::string_view text) { return "-" + std::string(text) + "\r\n"; }

std::string Integer(std::int64_t number) { return ":" + std::to_string(number) + "\r\n"; }

std::string Nil() { return "$-1\r\n"; }

std::string Array(const std::vector<std::string>& elements) {
  std::string reply = "*" + std::to_string(elements.size()) + "\r\n";
  for (const std::string& element : elements) reply += element;
  return reply;
}

std::string CommandOf(const Words& words) {
  std::vector<std::string> elements;
  for (const std::string& word : words) elements.push_back(Bulk(word));
  return Array(elements);
}

std::string HarmlessAnswer(const Words& words) {
  if (words[0] == "GET") return Bulk("value of " + words[1]);
  if (words[0] == "PTTL") return Integer(1000);
  if (words[0] == "PEXPIRE") return Integer(1);
  return Simple("OK");
}

bool IsHandshake(const Words& words) { return words[0] == "CLIENT" || words[0] == "PING"; }

std::optional<std::size_t> CommandParser::Number(char kind, std::size_t& at) const {
  const std::size_t end = input_.find("\r\n", at);
  if (end == std::string::npos || input_[at] != kind) return std::nullopt;
  const auto number = static_cast<std::size_t>(std::strtoull(&input_[at + 1], nullptr, 10));
  at = end + 2;
  return number;
}

std::optional<Words> CommandParser::Next() {
  std::size_t at = 0;
  const auto count = Number('*', at);
  if (!count) return std::nullopt;
  Words words;
  for (std::size_t index = 0; index < *count; ++index) {
    const auto length = Number('$', at);
    if (!length || input_.size() < at + *length + 2) return std::nullopt;
    words.push_back(input_.substr(at, *length));
    at += *length + 2;
  }
  input_.erase(0, at);
  return words;
}

}  // namespace connect_hiredis::test
