// A stream socket that does not block, on every platform: the only place that calls the system's
// own functions for sockets. Results below zero are libuv's error numbers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <uv.h>

namespace connect_hiredis {

class Socket {
 public:
  // Begins to connect; look at TakeError once it is writable. `address`: numeric, IPv6 with a zone
  // if it needs one, or the path of a unix socket if `port` is 0. `system_error`: 0, or why there
  // is no socket. TCP asks a silent peer after 15 seconds whether it is still there.
  struct Opened;
  static Opened Connect(const std::string& address, int port);

  Socket() = default;
  // Owns `handle`, which must not block.
  explicit Socket(uv_os_sock_t handle) : handle_(handle) {}
  Socket(Socket&& other) noexcept : handle_(std::exchange(other.handle_, kNone)) {}
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();

  explicit operator bool() const { return handle_ != kNone; }
  [[nodiscard]] uv_os_sock_t handle() const { return handle_; }

  // How many bytes came, 0 if the peer has closed its side, or an error: UV_EAGAIN if there are
  // none yet.
  [[nodiscard]] std::ptrdiff_t Receive(char* bytes, std::size_t size) const;
  // How many bytes the kernel has taken, or an error: UV_EAGAIN if it takes none now.
  [[nodiscard]] std::ptrdiff_t Send(std::string_view bytes) const;
  // The error that the kernel has noted for it, or 0.
  [[nodiscard]] int TakeError() const;
  // Bytes that can be received now.
  [[nodiscard]] std::size_t CountReadable() const;

 private:
  static constexpr auto kNone = static_cast<uv_os_sock_t>(-1);

  uv_os_sock_t handle_ = kNone;
};

struct Socket::Opened {
  Socket socket;
  int system_error = 0;
};

}  // namespace connect_hiredis
