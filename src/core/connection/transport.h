// Makes the streams to servers: over plain sockets here.
#pragma once

#include <memory>
#include <utility>

#include "connection/endpoint.h"
#include "loop/byte_stream.h"
#include "loop/socket_stream.h"

namespace connect_hiredis {

class Transport {
 public:
  virtual ~Transport() = default;

  // A stream that begins to connect, without waiting. Where that fails at once, its failure() says
  // so. `listener` must outlive it.
  virtual std::unique_ptr<ByteStream> Connect(const Endpoint& endpoint,
                                              StreamListener* listener) = 0;
};

class SocketTransport final : public Transport {
 public:
  explicit SocketTransport(EventLoop loop) : loop_(std::move(loop)) {}

  std::unique_ptr<ByteStream> Connect(const Endpoint& endpoint, StreamListener* listener) override {
    return std::make_unique<SocketStream>(loop_, endpoint.address, endpoint.port, listener);
  }

 private:
  EventLoop loop_;
};

}  // namespace connect_hiredis
