// A server on the test's own loop that does what its script says, be it nonsense.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <uv.h>

#include "support/resp.h"

namespace connect_hiredis::test {

union StreamHandle {
  uv_handle_t handle;
  uv_stream_t stream;
  uv_tcp_t tcp;
  uv_pipe_t pipe;
};

class ScriptedServer;

// One accepted connection.
class Peer {
 public:
  explicit Peer(ScriptedServer* server, std::size_t number) : server_(server), number_(number) {}
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Which connection this is, counted from 0.
  [[nodiscard]] std::size_t number() const { return number_; }
  // Whether neither side has closed it.
  [[nodiscard]] bool open() const { return open_; }

  void Send(std::string_view bytes);
  // One byte in each iteration of the loop.
  void SendByteByByte(std::string_view bytes);
  void Close();
  // What is sent to it from now on is refused; it can send all the same. Unix sockets only.
  void StopReading();
  // As the kernel does for a process that died with unread input. TCP only.
  void Reset();

 private:
  friend class ScriptedServer;

  void Start(uv_loop_t* loop, uv_stream_t* listener, bool tcp);
  void Read(std::string_view bytes);
  void Drip();

  ScriptedServer* server_;
  std::size_t number_;
  bool open_ = true;
  StreamHandle socket_{};
  uv_idle_t drip_{};
  std::string dripping_;
  CommandParser parser_;
  std::vector<char> buffer_;
};

class ScriptedServer {
 public:
  struct Received {
    std::size_t peer;
    std::size_t read;  // commands with the same number came in one piece
    Words words;
  };

  explicit ScriptedServer(uv_loop_t* loop) : loop_(loop) {}
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  // After Shut, and after the loop has run.
  ~ScriptedServer();

  // Each returns false if there is no such address here. `port` 0: a free one, see port().
  bool ListenOnTcp(const std::string& address = "127.0.0.1", int port = 0);
  bool ListenOnSocket();
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] const std::string& socket_path() const { return socket_path_; }

  // Refuses from now on; those that are connected stay.
  void StopListening();
  void DropPeers();
  // Both.
  void Shut();
  // Does not keep the loop alive.
  void Unref();

  // Called for each connection, and for each command. At first a harmless server.
  std::function<void(Peer&)> on_connection = [](Peer&) {};
  std::function<void(Peer&, const Words&)> on_command = [](Peer& peer, const Words& words) {
    peer.Send(HarmlessAnswer(words));
  };

  [[nodiscard]] std::size_t connections() const { return peers_.size(); }
  [[nodiscard]] Peer& peer(std::size_t number) { return *peers_[number]; }
  [[nodiscard]] const std::vector<Received>& received() const { return received_; }
  // How often a command of this name came.
  [[nodiscard]] std::size_t Count(std::string_view name) const;

 private:
  friend class Peer;

  struct Listener {
    ScriptedServer* server;
    bool tcp;
    StreamHandle socket;
  };

  bool Listen(std::unique_ptr<Listener> listener, int result);
  void Reserve(const sockaddr& address, int size);
  void Accept(Listener& listener);

  uv_loop_t* loop_;
  int port_ = 0;
  std::vector<int> reservations_;
  std::string folder_;
  std::string socket_path_;
  bool referenced_ = true;
  std::size_t reads_ = 0;
  // Their handles live until the loop has closed them: they stay until the end.
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<Received> received_;
};

}  // namespace connect_hiredis::test
