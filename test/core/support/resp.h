// RESP as the scripted server speaks it: builds replies, takes commands apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace connect_hiredis::test {

// A Redis command: its name and its arguments.
using Words = std::vector<std::string>;

std::string Bulk(std::string_view text);
std::string Simple(std::string_view text);
std::string Refusal(std::string_view text);
std::string Integer(std::int64_t number);
std::string Nil();
// `elements` are replies.
std::string Array(const std::vector<std::string>& elements);
// As CommandWriter ought to write it, but written by other means.
std::string CommandOf(const Words& words);

// What a harmless server answers: GET with "value of <key>", PTTL with 1000, PEXPIRE
// with 1, the rest with OK.
std::string HarmlessAnswer(const Words& words);

// What a connection says first, of its own accord.
bool IsHandshake(const Words& words);

class CommandParser {
 public:
  void Feed(std::string_view bytes) { input_.append(bytes); }
  // The next complete command. What is no command ends the test's patience: nothing comes then.
  std::optional<Words> Next();

 private:
  std::optional<std::size_t> Number(char kind, std::size_t& at) const;

  std::string input_;
};

}  // namespace connect_hiredis::test
