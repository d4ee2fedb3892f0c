#include "loop/socket.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#ifndef _WIN32
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#endif

namespace connect_hiredis {

namespace {

// Seconds of silence before the kernel asks whether the peer is still there, then between two
// questions; and how many of them may stay without an answer.
constexpr int kKeepAliveIdle = 15;
constexpr int kKeepAliveInterval = 5;
constexpr int kKeepAliveCount = 3;

#ifdef _WIN32

using Size = int;
constexpr int kSendFlags = 0;

int LastError() { return uv_translate_sys_error(WSAGetLastError()); }

bool IsUnderWay(int system_error) { return system_error == UV_EAGAIN; }

void Close(uv_os_sock_t handle) { closesocket(handle); }

// Neither blocks nor is inherited by child processes.
bool Prepare(uv_os_sock_t handle) {
  u_long on = 1;
  SetHandleInformation(reinterpret_cast<HANDLE>(handle), HANDLE_FLAG_INHERIT, 0);
  return ioctlsocket(handle, FIONBIO, &on) == 0;
}

#else

using Size = socklen_t;
#ifdef MSG_NOSIGNAL
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0;
#endif

int LastError() { return uv_translate_sys_error(errno); }

bool IsUnderWay(int system_error) {
  return system_error == uv_translate_sys_error(EINPROGRESS) || system_error == UV_EINTR;
}

void Close(uv_os_sock_t handle) { close(handle); }

// Neither blocks nor is inherited by child processes: in one of them the connection would outlive
// its close.
bool Prepare(uv_os_sock_t handle) {
  const int flags = fcntl(handle, F_GETFL);
  return flags >= 0 && fcntl(handle, F_SETFL, flags | O_NONBLOCK) == 0 &&
         fcntl(handle, F_SETFD, FD_CLOEXEC) == 0;
}

#endif

// An address as the system has it.
struct SystemAddress {
  sockaddr_storage storage{};
  Size size = 0;
  int system_error = 0;
};

#ifdef _WIN32

SystemAddress PathAddress(const std::string& /*path*/) {
  SystemAddress address;
  address.system_error = UV_ENOTSUP;
  return address;
}

#else

SystemAddress PathAddress(const std::string& path) {
  SystemAddress address;
  sockaddr_un unix_address{};
  if (path.size() >= sizeof(unix_address.sun_path)) {
    address.system_error = UV_ENAMETOOLONG;
    return address;
  }
  unix_address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), unix_address.sun_path);
  std::memcpy(&address.storage, &unix_address, sizeof(unix_address));
  address.size = sizeof(unix_address);
  return address;
}

#endif

SystemAddress NumericAddress(const std::string& text, int port) {
  SystemAddress address;
  if (text.find(':') == std::string::npos) {
    sockaddr_in v4{};
    address.system_error = uv_ip4_addr(text.c_str(), port, &v4);
    std::memcpy(&address.storage, &v4, sizeof(v4));
    address.size = sizeof(v4);
  } else {
    sockaddr_in6 v6{};
    address.system_error = uv_ip6_addr(text.c_str(), port, &v6);
    std::memcpy(&address.storage, &v6, sizeof(v6));
    address.size = sizeof(v6);
  }
  return address;
}

void SetOption(uv_os_sock_t handle, int level, int option, int value) {
  setsockopt(handle, level, option, reinterpret_cast<const char*>(&value), sizeof(value));
}

// What cannot be set is done without.
void SetTcpOptions(uv_os_sock_t handle) {
  SetOption(handle, IPPROTO_TCP, TCP_NODELAY, 1);
  SetOption(handle, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef TCP_KEEPIDLE
  SetOption(handle, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdle);
#elif defined(TCP_KEEPALIVE)
  SetOption(handle, IPPROTO_TCP, TCP_KEEPALIVE, kKeepAliveIdle);
#endif
#ifdef TCP_KEEPINTVL
  SetOption(handle, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveInterval);
#endif
#ifdef TCP_KEEPCNT
  SetOption(handle, IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveCount);
#endif
}

}  // namespace

Socket::Opened Socket::Connect(const std::string& address, int port) {
  const SystemAddress target = port == 0 ? PathAddress(address) : NumericAddress(address, port);
  if (target.system_error != 0) return {{}, target.system_error};
  Socket opened(socket(target.storage.ss_family, SOCK_STREAM, 0));
  if (!opened || !Prepare(opened.handle_)) return {{}, LastError()};
  if (port != 0) SetTcpOptions(opened.handle_);
  const auto* where = reinterpret_cast<const sockaddr*>(&target.storage);
  if (connect(opened.handle_, where, target.size) != 0) {
    const int system_error = LastError();
    if (!IsUnderWay(system_error)) return {{}, system_error};
  }
  return {std::move(opened), 0};
}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Socket::~Socket() {
  if (handle_ != kNone) Close(handle_);
}

std::ptrdiff_t Socket::Receive(char* bytes, std::size_t size) const {
#ifdef _WIN32
  const int wanted = static_cast<int>(std::min<std::size_t>(size, INT_MAX));
#else
  const std::size_t wanted = size;
#endif
  const auto received = recv(handle_, bytes, wanted, 0);
  return received >= 0 ? received : LastError();
}

std::ptrdiff_t Socket::Send(std::string_view bytes) const {
#ifdef _WIN32
  const int size = static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX));
#else
  const std::size_t size = bytes.size();
#endif
  const auto sent = send(handle_, bytes.data(), size, kSendFlags);
  return sent >= 0 ? sent : LastError();
}

int Socket::TakeError() const {
  int error_number = 0;
  Size size = sizeof(error_number);
  auto* value = reinterpret_cast<char*>(&error_number);
  if (getsockopt(handle_, SOL_SOCKET, SO_ERROR, value, &size) != 0) return LastError();
  return error_number == 0 ? 0 : uv_translate_sys_error(error_number);
}

std::size_t Socket::CountReadable() const {
#ifdef _WIN32
  u_long size = 0;
  if (ioctlsocket(handle_, FIONREAD, &size) != 0) return 0;
  return size;
#else
  int size = 0;
  if (ioctl(handle_, FIONREAD, &size) != 0 || size < 0) return 0;
  return static_cast<std::size_t>(size);
#endif
}

}  // namespace connect_hiredis
