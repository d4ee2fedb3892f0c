// A stream without a socket: the test is its peer and says when it connects, what comes and when it
// breaks.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connection/transport.h"

namespace connect_hiredis::test {

class ScriptedStream final : public ByteStream {
 public:
  ScriptedStream(StreamListener* listener, std::vector<std::string>* written)
      : ByteStream(listener), written_(written) {}

  void Flush() override {
    if (!connected() || failed() || output().empty()) return;
    written_->emplace_back(output().left());
    NoteWritten(output().size());
  }

  // What happens to it. It may be destroyed by each.
  void Connect() {
    NoteConnected();
    Flush();
    listener().OnServed();
  }
  void Receive(std::string_view bytes) {
    listener().OnBeforeRead();
    static_cast<void>(Deliver(bytes));
    listener().OnServed();
  }
  void Break(Error error) {
    Fail(std::move(error));
    listener().OnServed();
  }

 private:
  std::vector<std::string>* written_;
};

// Gives scripted streams and remembers to which endpoints.
class ScriptedTransport final : public Transport {
 public:
  std::unique_ptr<ByteStream> Connect(const Endpoint& endpoint, StreamListener* listener) override {
    endpoints.push_back(endpoint);
    auto made = std::make_unique<ScriptedStream>(listener, &written);
    stream = made.get();
    return made;
  }

  std::vector<Endpoint> endpoints;
  std::vector<std::string> written;  // each by one flush
  ScriptedStream* stream = nullptr;  // the last; its owner may have destroyed it
};

}  // namespace connect_hiredis::test
