#include "support/scripted_server.h"

#include <algorithm>
#include <cstdlib>

#include <netinet/in.h>
#include <unistd.h>

namespace connect_hiredis::test {

namespace {

struct WriteRequest {
  uv_write_t uv;
  std::string bytes;
};

void CloseHandle(uv_handle_t* handle) {
  if (handle->type != UV_UNKNOWN_HANDLE && uv_is_closing(handle) == 0) uv_close(handle, nullptr);
}

}  // namespace

// ---- Peer ----

void Peer::Start(uv_loop_t* loop, uv_stream_t* listener, bool tcp) {
  if (tcp) {
    uv_tcp_init(loop, &socket_.tcp);
  } else {
    uv_pipe_init(loop, &socket_.pipe, 0);
  }
  uv_idle_init(loop, &drip_);
  drip_.data = this;
  socket_.handle.data = this;
  if (uv_accept(listener, &socket_.stream) != 0) {
    Close();
    return;
  }
  if (tcp) uv_tcp_nodelay(&socket_.tcp, 1);
  buffer_.resize(64UL * 1024);
  server_->on_connection(*this);
  if (!open_) return;
  uv_read_start(
      &socket_.stream,
      [](uv_handle_t* handle, size_t /*suggested*/, uv_buf_t* buffer) {
        auto& memory = static_cast<Peer*>(handle->data)->buffer_;
        *buffer = uv_buf_init(memory.data(), static_cast<unsigned int>(memory.size()));
      },
      [](uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
        auto& peer = *static_cast<Peer*>(stream->data);
        if (size < 0) {
          peer.Close();
        } else if (size > 0) {
          peer.Read(std::string_view(buffer->base, static_cast<std::size_t>(size)));
        }
      });
}

void Peer::Read(std::string_view bytes) {
  const std::size_t read = server_->reads_++;
  parser_.Feed(bytes);
  while (auto words = parser_.Next()) {
    server_->received_.push_back({number_, read, *words});
    if (open_) server_->on_command(*this, *words);
  }
}

void Peer::Send(std::string_view bytes) {
  if (!open_) return;
  auto* request = new WriteRequest{{}, std::string(bytes)};
  request->uv.data = request;
  uv_buf_t buffer =
      uv_buf_init(request->bytes.data(), static_cast<unsigned int>(request->bytes.size()));
  uv_write(&request->uv, &socket_.stream, &buffer, 1,
           [](uv_write_t* uv, int /*status*/) { delete static_cast<WriteRequest*>(uv->data); });
}

void Peer::SendByteByByte(std::string_view bytes) {
  dripping_.append(bytes);
  uv_idle_start(&drip_, [](uv_idle_t* idle) { static_cast<Peer*>(idle->data)->Drip(); });
}

void Peer::Drip() {
  Send(dripping_.substr(0, 1));
  dripping_.erase(0, 1);
  if (dripping_.empty()) uv_idle_stop(&drip_);
}

void Peer::Close() {
  open_ = false;
  CloseHandle(&socket_.handle);
  CloseHandle(reinterpret_cast<uv_handle_t*>(&drip_));
}

void Peer::StopReading() {
  uv_os_fd_t descriptor = -1;
  uv_fileno(&socket_.handle, &descriptor);
  uv_read_stop(&socket_.stream);
  shutdown(descriptor, SHUT_RD);
}

void Peer::Reset() {
  open_ = false;
  uv_tcp_close_reset(&socket_.tcp, nullptr);
  CloseHandle(reinterpret_cast<uv_handle_t*>(&drip_));
}

// ---- ScriptedServer ----

ScriptedServer::~ScriptedServer() {
  for (const int reservation : reservations_) close(reservation);
  if (folder_.empty()) return;
  unlink(socket_path_.c_str());
  rmdir(folder_.c_str());
}

bool ScriptedServer::ListenOnTcp(const std::string& address, int port) {
  auto listener = std::make_unique<Listener>(Listener{this, true, {}});
  uv_tcp_t* tcp = &listener->socket.tcp;
  uv_tcp_init(loop_, tcp);
  sockaddr_storage storage{};
  auto* name = reinterpret_cast<sockaddr*>(&storage);
  int result = address.find(':') == std::string::npos
                   ? uv_ip4_addr(address.c_str(), port, reinterpret_cast<sockaddr_in*>(&storage))
                   : uv_ip6_addr(address.c_str(), port, reinterpret_cast<sockaddr_in6*>(&storage));
  // Only IPv6 on an IPv6 address: the port is free for the other family.
  unsigned int flags = 0;
  if (storage.ss_family == AF_INET6) flags = UV_TCP_IPV6ONLY;
  if (result == 0) result = uv_tcp_bind(tcp, name, flags);
  int size = sizeof(storage);
  if (result == 0) result = uv_tcp_getsockname(tcp, name, &size);
  if (result == 0) {
    port_ =
        ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port
                                            : reinterpret_cast<sockaddr_in*>(&storage)->sin_port);
  }
  if (result == 0) Reserve(*name, size);
  return Listen(std::move(listener), result);
}

// While nobody listens on a port of the range for outgoing connections, the kernel may choose it
// for a client that tries to connect to it: then the client is connected to itself.
void ScriptedServer::Reserve(const sockaddr& address, int size) {
  const int reservation = socket(address.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(reservation, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  bind(reservation, &address, static_cast<socklen_t>(size));
  reservations_.push_back(reservation);
}

bool ScriptedServer::ListenOnSocket() {
  if (folder_.empty()) {
    const char* temporary = std::getenv("TMPDIR");
    folder_ = std::string(temporary == nullptr ? "/tmp" : temporary) + "/core-tests-XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) return false;
    socket_path_ = folder_ + "/redis.sock";
  }
  unlink(socket_path_.c_str());
  auto listener = std::make_unique<Listener>(Listener{this, false, {}});
  uv_pipe_init(loop_, &listener->socket.pipe, 0);
  const int result = uv_pipe_bind(&listener->socket.pipe, socket_path_.c_str());
  return Listen(std::move(listener), result);
}

bool ScriptedServer::Listen(std::unique_ptr<Listener> listener, int result) {
  listener->socket.handle.data = listener.get();
  if (!referenced_) uv_unref(&listener->socket.handle);
  if (result == 0) {
    result = uv_listen(&listener->socket.stream, 128, [](uv_stream_t* stream, int status) {
      auto& accepting = *static_cast<Listener*>(stream->data);
      if (status == 0) accepting.server->Accept(accepting);
    });
  }
  if (result != 0) CloseHandle(&listener->socket.handle);
  listeners_.push_back(std::move(listener));
  return result == 0;
}

void ScriptedServer::Accept(Listener& listener) {
  peers_.push_back(std::make_unique<Peer>(this, peers_.size()));
  Peer& peer = *peers_.back();
  peer.Start(loop_, &listener.socket.stream, listener.tcp);
  if (!referenced_) uv_unref(&peer.socket_.handle);
}

void ScriptedServer::StopListening() {
  for (const auto& listener : listeners_) CloseHandle(&listener->socket.handle);
}

void ScriptedServer::DropPeers() {
  for (const auto& peer : peers_) peer->Close();
}

void ScriptedServer::Shut() {
  StopListening();
  DropPeers();
}

void ScriptedServer::Unref() {
  referenced_ = false;
  for (const auto& listener : listeners_) uv_unref(&listener->socket.handle);
  for (const auto& peer : peers_) uv_unref(&peer->socket_.handle);
}

std::size_t ScriptedServer::Count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(received_.begin(), received_.end(),
                    [&](const Received& command) { return command.words[0] == name; }));
}

}  // namespace connect_hiredis::test
