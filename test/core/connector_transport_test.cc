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

// Answers when the test says so.
class ScriptedLocator final : public EndpointLocator {
 public:
  std::optional<Location> Locate(Done given) override {
    ++asked;
    done = std::move(given);
    return std::nullopt;
  }
  void Cancel() override { done = nullptr; }

  // The connector may cancel in the middle of it.
  void Answer(Location location) const {
    const Done copy = done;
    copy(std::move(location));
  }

  Done done;
  int asked = 0;
};

class ConnectorTransportTest : public LoopTest {
 protected:
  void Start() {
    const EventLoop shared{loop(), barrier, std::make_shared<Lookups>()};
    if (!locator) locator = MakeEndpointLocator(shared, options);
    connector.emplace(shared, locator.get(), &transport, &options, &listener);
    connector->Start("", false);
  }

  void TearDown() override {
    connector.reset();
    locator.reset();
    EXPECT_TRUE(RunUntil([&] { return barrier->held() == 0; }));
    LoopTest::TearDown();
  }

  std::shared_ptr<CloseBarrier> barrier = std::make_shared<CloseBarrier>();
  ConnectionOptions options;
  ScriptedTransport transport;
  WayListener listener;
  std::unique_ptr<EndpointLocator> locator;
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

TEST_F(ConnectorTransportTest, WhereToGoMayBeKnownLaterAndIsAskedForEachAttempt) {
  auto scripted = std::make_unique<ScriptedLocator>();
  ScriptedLocator& asked = *scripted;
  locator = std::move(scripted);
  Start();
  EXPECT_EQ(connector->stage(), Connector::Stage::kResolving);
  EXPECT_TRUE(transport.endpoints.empty());
  asked.Answer({{{"10.0.0.1", 1, "one"}, {"10.0.0.2", 2, "two"}}, std::nullopt});
  ASSERT_EQ(transport.endpoints.size(), 1U);
  EXPECT_EQ(transport.endpoints[0].host, "one");
  transport.stream->Break({});
  ASSERT_EQ(transport.endpoints.size(), 2U);
  EXPECT_EQ(transport.endpoints[1].host, "two");

  connector->Start("10.0.0.1", false);
  EXPECT_EQ(asked.asked, 2);
  asked.Answer({{{"10.0.0.1", 1, "one"}, {"10.0.0.2", 2, "two"}}, std::nullopt});
  EXPECT_EQ(transport.endpoints.back().host, "two") << "the address before is the last choice";
}

TEST_F(ConnectorTransportTest, WhoCannotSayWhereToGoSaysWhy) {
  auto scripted = std::make_unique<ScriptedLocator>();
  ScriptedLocator& asked = *scripted;
  locator = std::move(scripted);
  Start();
  Error error;
  error.message = "no sentinel knows the master";
  asked.Answer({{}, error});
  EXPECT_EQ(listener.told, std::vector<std::string>{"failed: no sentinel knows the master"});
  EXPECT_EQ(connector->stage(), Connector::Stage::kIdle);
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
