// One connection with operations of every kind under way, and a server that answers, refuses,
// lies, stalls and goes away in any order: every operation is told once, and what it asked for.
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include <fuzzer/FuzzedDataProvider.h>
#include <uv.h>

#include "caller.h"
#include "clock.h"
#include "connection/connection.h"
#include "require.h"
#include "server.h"

namespace connect_hiredis::fuzz {
namespace {

using std::chrono::milliseconds;

constexpr int kMaxSteps = 120;
// Of a millisecond each, and no pause of the backoff is longer: what does not come to an end in so
// many has been forgotten. Far fewer than the long deadlines.
constexpr int kPatience = 2000;
constexpr milliseconds kShort(2);
constexpr milliseconds kLong(60'000);

constexpr std::array<std::string_view, 8> kRefusals = {
    "ERR unknown command 'x'",  "READONLY You can't write against a read only replica.",
    "LOADING Redis is loading", "MASTERDOWN Link with MASTER is down",
    "NOAUTH Authentication",    "WRONGTYPE Operation against a key",
    "OOM command not allowed",  "ERR Error running script: -READONLY You can't write",
};

ConnectionOptions ReadOptions(FuzzedDataProvider& data, const Server& server) {
  const auto choices = data.ConsumeIntegral<std::uint16_t>();
  const auto chosen = [choices](int bit) { return (choices >> bit & 1) != 0; };
  ConnectionOptions options;
  options.socket_path = server.path();
  options.backoff_min = milliseconds(1);
  options.backoff_max = milliseconds(1);
  options.connect_timeout = chosen(0) ? kShort : kLong;
  options.command_timeout = chosen(1) ? kShort : kLong;
  options.disconnect_after = chosen(2) ? kShort : kLong;
  options.ping_interval = chosen(3) ? milliseconds(1) : milliseconds(0);
  options.asks_credentials = chosen(4);
  if (chosen(5) && !options.asks_credentials) options.password = "password";
  if (chosen(6)) options.database = 3;
  if (chosen(7)) options.client_name = "fuzz";
  if (chosen(8)) options.library_version = "1";
  if (chosen(9)) options.queue_limit = chosen(10) ? 0 : 3;
  options.keep_alive = chosen(11);
  return options;
}

class World {
 public:
  World(uv_loop_t* loop, Server* server, FuzzedDataProvider* data)
      : loop_(loop), server_(server), data_(data), caller_(server) {
    server_->Reset();
    connection_ =
        std::make_unique<Connection>(loop, ReadOptions(*data, *server), &caller_, std::uint32_t{1});
    caller_.Attach(connection_.get());
  }

  void Run() {
    connection_->Open();
    for (int step = 0; step < kMaxSteps && data_->remaining_bytes() > 0; ++step) {
      Step();
      // Several of the above may come to the connection as one.
      if (data_->ConsumeBool()) Turn();
    }
    End();
  }

 private:
  void Turn(std::chrono::nanoseconds time = std::chrono::microseconds(100)) {
    Advance(time);
    uv_run(loop_, UV_RUN_NOWAIT);
    server_->Serve();
  }

  void Step() {
    const auto choice = data_->ConsumeIntegralInRange<unsigned>(0, Caller::kKinds + 11);
    if (choice < Caller::kKinds) {
      caller_.Begin(choice);
      return;
    }
    switch (choice - Caller::kKinds) {
      case 0:
      case 1:
        server_->Answer(data_->ConsumeIntegralInRange<std::size_t>(1, 16));
        break;
      case 2:
      case 3:
        server_->Lie(
            data_->ConsumeBytesAsString(data_->ConsumeIntegralInRange<std::size_t>(1, 64)));
        break;
      case 4:
        server_->Refuse(data_->PickValueInArray(kRefusals));
        break;
      case 5:
        server_->CutShort(data_->ConsumeIntegralInRange<std::size_t>(0, 16));
        break;
      case 6:
        server_->knows_scripts = !server_->knows_scripts;
        break;
      case 7:
        // Deadlines and the backoff run out.
        Advance(kShort + milliseconds(1));
        break;
      case 8:
        caller_.BeginAtTurnEnd(data_->ConsumeIntegralInRange<unsigned>(0, Caller::kKinds - 1));
        break;
      case 9:
        caller_.credentials = data_->PickValueInArray(
            {Caller::Answer::kGive, Caller::Answer::kRefuse, Caller::Answer::kNone});
        caller_.lifetime = milliseconds(data_->ConsumeIntegral<std::int64_t>());
        break;
      case 10:
        Turn();
        break;
      default:
        Leave();
        break;
    }
  }

  void Leave() {
    switch (data_->ConsumeIntegralInRange(0, 9)) {
      case 0:
        connection_->Close();
        break;
      case 1:
        connection_->Abort();
        break;
      case 2:
        caller_.AbortAtTurnEnd();
        break;
      default:
        connection_->KeepAlive(data_->ConsumeBool());
        break;
    }
  }

  // From now on the server does what it should: all that is under way comes to an end.
  void End() {
    server_->Close();
    caller_.credentials = Caller::Answer::kGive;
    int turns = 0;
    while (!caller_.all_told()) {
      // If the function for them never answered.
      connection_->ProvideCredentials({"user", "password", std::nullopt});
      Turn(milliseconds(1));
      server_->Answer(100);
      Require(++turns < kPatience, "everything is told in the end");
    }
    connection_->Close();
    while (!caller_.closed()) {
      Turn(milliseconds(1));
      server_->Answer(100);
      Require(++turns < kPatience, "it closes in the end");
    }
    connection_.reset();
    uv_run(loop_, UV_RUN_NOWAIT);
    uv_walk(
        loop_, [](uv_handle_t*, void*) { Require(false, "nothing is left on the loop"); }, nullptr);
  }

  uv_loop_t* loop_;
  Server* server_;
  FuzzedDataProvider* data_;
  Caller caller_;
  std::unique_ptr<Connection> connection_;
};

struct Loop {
  Loop() { uv_loop_init(&uv); }
  ~Loop() { uv_loop_close(&uv); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  uv_loop_t uv{};
};

}  // namespace
}  // namespace connect_hiredis::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace connect_hiredis::fuzz;
  static Loop loop;
  static Server server;
  FuzzedDataProvider data(bytes, size);
  World(&loop.uv, &server, &data).Run();
  return 0;
}
