#include "server.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "require.h"

namespace connect_hiredis::fuzz {

using test::Array;
using test::Bulk;
using test::Integer;

namespace {

// SCAN tells its keys in so many pages.
constexpr std::uint64_t kPages = 3;

std::vector<std::string> Values(const test::Words& words) {
  std::vector<std::string> values;
  for (std::size_t index = 1; index < words.size(); ++index) {
    values.push_back(Bulk(ValueOf(words[index])));
  }
  return values;
}

}  // namespace

std::string ValueOf(std::string_view key) { return "value of " + std::string(key); }

std::int64_t NumberOf(std::string_view key) {
  const auto digits = key.find_first_of("0123456789");
  if (digits == std::string_view::npos) return 0;
  return std::strtoll(std::string(key.substr(digits)).c_str(), nullptr, 10);
}

Server::Server() {
  const char* temporary = std::getenv("TMPDIR");
  folder_ = std::string(temporary == nullptr ? "/tmp" : temporary) + "/fuzz-XXXXXX";
  Require(mkdtemp(folder_.data()) != nullptr, "there is a folder for temporary files");
  path_ = folder_ + "/redis.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path_.c_str(), sizeof(address.sun_path) - 1);
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const auto* name = reinterpret_cast<const sockaddr*>(&address);
  Require(bind(listener_, name, sizeof(address)) == 0 && listen(listener_, 8) == 0,
          "a unix socket can be listened on");
}

Server::~Server() {
  Close();
  close(listener_);
  unlink(path_.c_str());
  rmdir(folder_.c_str());
}

void Server::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
  parser_ = {};
  asked_.clear();
}

void Server::Reset() {
  Close();
  for (;;) {
    const int waiting = accept(listener_, nullptr, nullptr);
    if (waiting < 0) break;
    close(waiting);
  }
  truthful_ = true;
  knows_scripts = true;
}

void Server::Serve() {
  const int accepted = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted >= 0) {
    Close();
    socket_ = accepted;
    truthful_ = true;
  }
  if (socket_ < 0) return;
  std::array<char, 16UL * 1024> buffer;
  for (;;) {
    const ssize_t size = recv(socket_, buffer.data(), buffer.size(), 0);
    if (size <= 0) break;
    parser_.Feed({buffer.data(), static_cast<std::size_t>(size)});
  }
  while (auto words = parser_.Next()) asked_.push_back(std::move(*words));
}

void Server::Answer(std::size_t most) {
  std::string answers;
  for (; most > 0 && !asked_.empty(); --most) {
    answers += Reply(asked_.front());
    asked_.pop_front();
  }
  Send(answers);
}

void Server::Refuse(std::string_view error) {
  if (asked_.empty()) return;
  asked_.pop_front();
  Send(test::Refusal(error));
}

void Server::Lie(std::string_view bytes) {
  if (socket_ < 0 || bytes.empty()) return;
  truthful_ = false;
  Send(bytes);
}

void Server::CutShort(std::size_t length) {
  if (!asked_.empty()) Send(Reply(asked_.front()).substr(0, length));
  Close();
}

void Server::Send(std::string_view bytes) {
  if (socket_ >= 0 && !bytes.empty()) send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

// SCAN cursor MATCH prefix* ...
std::string Server::Scan(const test::Words& words) const {
  const auto page = std::strtoull(words[1].c_str(), nullptr, 10) % kPages;
  const std::string prefix = words[3].substr(0, words[3].size() - 1);
  const auto number = std::to_string(page);
  // One of them comes on every page.
  return Array({Bulk(std::to_string((page + 1) % kPages)),
                Array({Bulk(prefix + number), Bulk(prefix + number + "0"), Bulk(prefix + "7")})});
}

std::string Server::Reply(const test::Words& words) {
  const std::string& name = words[0];
  if (name == "GET") return Bulk(ValueOf(words[1]));
  if (name == "MGET") return Array(Values(words));
  if (name == "SCAN") return Scan(words);
  if (name == "TYPE") return test::Simple("string");
  if (name == "UNLINK") return Integer(static_cast<std::int64_t>(words.size()) - 1);
  if (name == "EVALSHA" && !knows_scripts) return test::Refusal("NOSCRIPT No matching script.");
  if (name == "EVALSHA" || name == "EVAL") {
    return Array({Bulk(ValueOf(words[3])), Integer(NumberOf(words[3])), Integer(0)});
  }
  if (name == "ROLE") return Array({Bulk("master"), Integer(0), Array({})});
  for (const auto* const of_status : {"SET", "AUTH", "SELECT", "CLIENT", "PING"}) {
    if (name == of_status) return test::Simple("OK");
  }
  return Integer(words.size() > 1 ? NumberOf(words[1]) : 0);
}

}  // namespace connect_hiredis::fuzz
