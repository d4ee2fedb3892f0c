// The other side of a connection, in the same thread: it takes what the connection asks, and
// answers truthfully, with a refusal, or with any bytes.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "support/resp.h"

namespace connect_hiredis::fuzz {

// What a truthful server has under a key.
std::string ValueOf(std::string_view key);
// What it answers to a command that is answered by a number: the number in the key's name.
std::int64_t NumberOf(std::string_view key);

class Server {
 public:
  // Listens on a unix socket in a folder of its own.
  Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  [[nodiscard]] const std::string& path() const { return path_; }

  // Takes the next connection if one waits, and reads what came. The connection before is closed.
  void Serve();
  // Answers the first `most` commands of those that were not answered yet.
  void Answer(std::size_t most);
  // Answers the first of them with an error.
  void Refuse(std::string_view error);
  // Sends what no command asked for: from then on it may be taken for an answer.
  void Lie(std::string_view bytes);
  // Sends only the beginning of the first answer, and closes.
  void CutShort(std::size_t length);
  void Close();
  // As if nobody had ever connected.
  void Reset();

  // Whether all that was sent on this connection were answers.
  [[nodiscard]] bool truthful() const { return truthful_; }
  // Whether scripts are known by their digest.
  bool knows_scripts = true;

 private:
  std::string Reply(const test::Words& words);
  std::string Scan(const test::Words& words) const;
  void Send(std::string_view bytes);

  std::string folder_;
  std::string path_;
  int listener_ = -1;
  int socket_ = -1;
  bool truthful_ = true;
  test::CommandParser parser_;
  std::deque<test::Words> asked_;
};

}  // namespace connect_hiredis::fuzz
