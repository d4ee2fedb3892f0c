// Addresses that neither take a connection nor refuse it: listeners whose backlog is full.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace connect_hiredis::test {

class FullListener {
 public:
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;

 protected:
  FullListener() = default;
  ~FullListener() {
    for (const int descriptor : descriptors_) close(descriptor);
  }

  // Binds a listener and connects to it until nothing more is taken.
  template <typename Address>
  bool Fill(Address& address) {
    auto* name = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof(address);
    const int listener = Socket(name->sa_family);
    if (bind(listener, name, size) != 0 || listen(listener, 0) != 0) return false;
    getsockname(listener, name, &size);
    for (int attempt = 0; attempt < 16; ++attempt) {
      const int result = connect(Socket(name->sa_family), name, size);
      if (name->sa_family == AF_UNIX && result != 0) break;
    }
    return true;
  }

 private:
  int Socket(int family) {
    descriptors_.push_back(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    return descriptors_.back();
  }

  std::vector<int> descriptors_;
};

class BlackHole : public FullListener {
 public:
  // Without a port if there is no such address here.
  explicit BlackHole(const std::string& host = "127.0.0.1") {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
      if (Fill(v4)) port_ = ntohs(v4.sin_port);
    } else if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
      if (Fill(v6)) port_ = ntohs(v6.sin6_port);
    }
  }
  [[nodiscard]] int port() const { return port_; }

 private:
  int port_ = 0;
};

class BlackHoleSocket : public FullListener {
 public:
  BlackHoleSocket() {
    const char* temporary = std::getenv("TMPDIR");
    folder_ = std::string(temporary == nullptr ? "/tmp" : temporary) + "/core-tests-XXXXXX";
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    path_ = folder_ + "/full.sock";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof(address.sun_path) - 1);
    EXPECT_TRUE(Fill(address));
  }
  ~BlackHoleSocket() {
    unlink(path_.c_str());
    rmdir(folder_.c_str());
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string folder_;
  std::string path_;
};

}  // namespace connect_hiredis::test
