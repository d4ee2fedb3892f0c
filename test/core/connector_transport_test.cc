// What the connector tells the transport of where it is to go.
#include <gtest/gtest.h>

#include "connection/connector.h"
#include "support/loop_test.h"
#include "support/resp.h"
#include "support/scripted_stream.h"

namespace connect_hiredis::test {
namespace {

class WayListener final : public ConnectorListener {
 public:
  void OnServerReached() override { told.emplace_back("reached"); }
  void OnCredentialsAwaited() override { told.emplace_back("credentials"); }
  void OnWayFound() override { told.emplace_back("ready"); }
  void OnNoWay(Error error, bool refused) override {
    told.push_back((refused ? "refused: " : "failed: ") + error.message);
  }
  void OnConnectorServed() override {}

  std::vector<std::string> told;
};

class ConnectorTransportTest : public LoopTest {
 protected:
  void Start() {
    connector.emplace(EventLoop{loop(), barrier, std::make_shared<Lookups>()}, &transport, &options,
                      &listener);
    connector->Start("", false);
  }

  void TearDown() override {
    connector.reset();
    EXPECT_TRUE(RunUntil([&] { return barrier->held() == 0; }));
    LoopTest::TearDown();
  }

  std::shared_ptr<CloseBarrier> barrier = std::make_shared<CloseBarrier>();
  ConnectionOptions options;
  ScriptedTransport transport;
  WayListener listener;
  std::optional<Connector> connector;
};

TEST_F(ConnectorTransportTest, AnAddressComesWithTheNameThatLedToIt) {
  options.host = "localhost";
  Start();
  ASSERT_TRUE(RunUntil([&] { return !transport.endpoints.empty(); }));
  EXPECT_EQ(transport.endpoints[0].host, "localhost");
  EXPECT_NE(transport.endpoints[0].address, "localhost");
  EXPECT_EQ(transport.endpoints[0].port, options.port);
}

TEST_F(ConnectorTransportTest, AnAddressThatTheUserWroteHasNoName) {
  options.host = "127.0.0.9";
  Start();
  ASSERT_EQ(transport.endpoints.size(), 1U);
  EXPECT_EQ(transport.endpoints[0].address, "127.0.0.9");
  EXPECT_EQ(transport.endpoints[0].host, "");
}

TEST_F(ConnectorTransportTest, NorHasAUnixSocket) {
  options.socket_path = "/somewhere/redis.sock";
  Start();
  ASSERT_EQ(transport.endpoints.size(), 1U);
  EXPECT_EQ(transport.endpoints[0].address, "/somewhere/redis.sock");
  EXPECT_EQ(transport.endpoints[0].port, 0);
  EXPECT_EQ(transport.endpoints[0].host, "");
}

TEST_F(ConnectorTransportTest, AStreamIsReadyAfterItsHandshake) {
  options.host = "127.0.0.9";
  Start();
  transport.stream->Connect();
  EXPECT_EQ(listener.told, std::vector<std::string>{"reached"});
  transport.stream->Receive("+PONG\r\n-ERR unknown command\r\n");
  EXPECT_EQ(listener.told, (std::vector<std::string>{"reached", "ready"}));
}

TEST_F(ConnectorTransportTest, AStreamThatBreaksEndsTheAttempt) {
  options.host = "127.0.0.9";
  Start();
  Error error;
  error.code = ErrorCode::kSystem;
  error.message = "connect ECONNREFUSED";
  transport.stream->Break(error);
  EXPECT_EQ(listener.told, std::vector<std::string>{"failed: connect ECONNREFUSED"});
}

}  // namespace
}  // namespace connect_hiredis::test
