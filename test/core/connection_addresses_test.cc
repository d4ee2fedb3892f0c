// The ways to name a server.
#include <algorithm>
#include <utility>

#include <gtest/gtest.h>

#include "loop/resolver.h"
#include "support/black_hole.h"
#include "support/busy_thread_pool.h"
#include "support/connection_test.h"
#include "support/names.h"

namespace connect_hiredis::test {
namespace {

using State = Connection::State;

class ConnectionAddressesTest : public ConnectionTest {
 protected:
  void ExpectItWorks() {
    Open();
    const auto tag = Submit({"GET", "a"});
    ASSERT_TRUE(RunUntilTold(1));
    EXPECT_EQ(Told(tag), "$value of a");
  }

  // Until there is one more than `before`. The thread that begins it wakes no loop.
  void AwaitSlowLookup(int before) {
    while (slow_lookups == before) RunFor(milliseconds(1));
  }
};

TEST_F(ConnectionAddressesTest, AUnixSocket) {
  ASSERT_TRUE(server.ListenOnSocket());
  Create();
  connection->Open();
  EXPECT_EQ(state(), State::kConnecting) << "nothing is to be resolved";
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
}

TEST_F(ConnectionAddressesTest, ABrokenUnixSocketComesBack) {
  ASSERT_TRUE(server.ListenOnSocket());
  ExpectItWorks();
  server.Shut();
  ASSERT_TRUE(RunUntil([&] { return observer.Count("system ENOENT") > 0; }));
  ASSERT_TRUE(server.ListenOnSocket());
  ASSERT_TRUE(RunUntilReady());
}

TEST_F(ConnectionAddressesTest, AnIpv6Address) {
  if (!server.ListenOnTcp("::1")) GTEST_SKIP() << "this machine has no ::1";
  options.host = "::1";
  ExpectItWorks();
}

TEST_F(ConnectionAddressesTest, ARefusalOfAnIpv6AddressNamesIt) {
  if (!server.ListenOnTcp("::1")) GTEST_SKIP() << "this machine has no ::1";
  server.StopListening();
  options.host = "::1";
  Open();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  EXPECT_EQ(observer.errors[0].address, "::1");
  EXPECT_EQ(Describe(observer.errors[0]), "system ECONNREFUSED");
}

TEST_F(ConnectionAddressesTest, AName) {
  ASSERT_TRUE(server.ListenOnTcp());
  options.host = "localhost";
  Create().Open();
  EXPECT_EQ(state(), State::kResolving);
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
}

TEST_F(ConnectionAddressesTest, ANameOfWhichOnlyTheFirstAddressListens) {
  if (!server.ListenOnTcp("::1")) GTEST_SKIP() << "this machine has no ::1";
  options.host = kNameOfTwoAddresses;
  ExpectItWorks();
  EXPECT_TRUE(observer.errors.empty());
}

TEST_F(ConnectionAddressesTest, ANameOfWhichOnlyTheLastAddressListens) {
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1"));
  options.host = kNameOfTwoAddresses;
  ExpectItWorks();
  EXPECT_TRUE(observer.errors.empty()) << "a refusal is no error while another address remains";
}

TEST_F(ConnectionAddressesTest, ANameOfWhichNoAddressListens) {
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  options.host = kNameOfTwoAddresses;
  Open();
  ASSERT_TRUE(RunUntil([&] { return observer.errors.size() >= 2; }));
  EXPECT_EQ(Describe(observer.errors[0]), "system ECONNREFUSED");
  EXPECT_EQ(observer.errors[0].address, "127.0.0.1") << "the last that was tried";
  EXPECT_EQ(observer.errors[0].port, server.port());
}

TEST_F(ConnectionAddressesTest, AnAddressThatSwallowsEverythingTakesOnlyItsShareOfTheTime) {
  BlackHole black_hole("::1");
  if (black_hole.port() == 0) GTEST_SKIP() << "this machine has no ::1";
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", black_hole.port()));
  options.host = kNameOfTwoAddresses;
  options.connect_timeout = milliseconds(200);
  ExpectItWorks();
  EXPECT_TRUE(observer.errors.empty());
}

TEST_F(ConnectionAddressesTest, ANameThatCannotBeOneIsASystemError) {
  options.host = std::string(400, 'x');
  Open();
  ASSERT_TRUE(RunUntil([&] { return observer.errors.size() >= 2; }));
  EXPECT_EQ(observer.errors[0].code, ErrorCode::kSystem);
  EXPECT_EQ(observer.errors[0].syscall, "getaddrinfo");
}

TEST_F(ConnectionAddressesTest, AnAbortWhileTheNameIsLookedUp) {
  options.host = "localhost";
  Open();
  const auto tag = Submit({"GET", "a"});
  EXPECT_EQ(state(), State::kResolving);
  connection->Abort();
  EXPECT_EQ(Told(tag), "closed");
  EXPECT_EQ(observer.closed, 0U) << "the lookup is still under way";
  ASSERT_TRUE(RunUntilClosed());
}

TEST_F(ConnectionAddressesTest, AnAbortWaitsForALookupThatAThreadHasBegun) {
  options.host = kSlowName;
  const int before = slow_lookups;
  Open();
  AwaitSlowLookup(before);
  connection->Abort();
  RunFor(milliseconds(10));
  EXPECT_EQ(observer.closed, 0U) << "its answer would come to a loop that is gone";
  slow_lookup_release.release();
  ASSERT_TRUE(RunUntilClosed());
}

TEST_F(ConnectionAddressesTest, ALookupThatIsTooSlowIsGivenUpAndItsAnswerDropped) {
  ASSERT_TRUE(server.ListenOnTcp());
  options.host = kSlowName;
  options.connect_timeout = milliseconds(20);
  Open();
  ASSERT_TRUE(RunUntil([&] { return observer.errors.size() == 2; }));
  EXPECT_EQ(Describe(observer.errors[0]), "system ETIMEDOUT");
  connection->Abort();
  while (observer.closed == 0) {
    slow_lookup_release.release();
    RunFor(milliseconds(1));
  }
  EXPECT_EQ(server.connections(), 0U);
  while (slow_lookup_release.try_acquire()) {
  }
}

TEST_F(ConnectionAddressesTest, ALookupThatHangsIsNotBegunAgain) {
  ASSERT_TRUE(server.ListenOnTcp());
  options.host = kSlowName;
  options.connect_timeout = milliseconds(10);
  const int before = slow_lookups;
  Open();
  ASSERT_TRUE(RunUntil([&] { return observer.errors.size() >= 5; }));
  EXPECT_EQ(slow_lookups - before, 1);
  connection->Abort();
  slow_lookup_release.release();
  ASSERT_TRUE(RunUntilClosed());
}

TEST_F(ConnectionAddressesTest, WhoAsksForANameThatHangsHasTheAnswerOfTheFirst) {
  const EventLoop shared{loop(), std::make_shared<CloseBarrier>(), std::make_shared<Lookups>()};
  const int before = slow_lookups;
  Resolver resolver(shared);
  std::vector<std::string> told;
  ASSERT_EQ(resolver.Resolve(kSlowName, [](int, const std::vector<std::string>&) { FAIL(); }), 0);
  AwaitSlowLookup(before);
  resolver.Cancel();
  ASSERT_EQ(resolver.Resolve(
                kSlowName,
                [&told](int, std::vector<std::string> addresses) { told = std::move(addresses); }),
            0);
  slow_lookup_release.release();
  EXPECT_TRUE(RunUntil([&] { return shared.barrier->held() == 0; }));
  EXPECT_EQ(told, std::vector<std::string>{"127.0.0.1"});
  EXPECT_EQ(slow_lookups - before, 1);
}

TEST_F(ConnectionAddressesTest, ConnectionsShareALookupAndCloseAlone) {
  ASSERT_TRUE(server.ListenOnTcp());
  options.host = kSlowName;
  options.port = server.port();
  const auto lookups = std::make_shared<Lookups>();
  const int before = slow_lookups;
  std::vector<RecordingObserver> observers(3);
  std::vector<std::unique_ptr<Connection>> connections;
  for (RecordingObserver& each : observers) {
    connections.push_back(std::make_unique<Connection>(loop(), options, &each, 1, lookups));
    connections.back()->Open();
  }
  AwaitSlowLookup(before);
  connections[0]->Abort();
  EXPECT_TRUE(RunUntil([&] { return observers[0].closed == 1; }))
      << "others wait for the look-up that it began";
  slow_lookup_release.release();
  EXPECT_TRUE(RunUntil(
      [&] { return observers[1].Count("ready") == 1 && observers[2].Count("ready") == 1; }));
  EXPECT_EQ(slow_lookups - before, 1);
  for (std::size_t index = 1; index < 3; ++index) connections[index]->Abort();
  EXPECT_TRUE(RunUntil([&] { return observers[1].closed == 1 && observers[2].closed == 1; }));
}

TEST_F(ConnectionAddressesTest, WhoIsToldMayCloseTheOthersThatWait) {
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  options.host = kSlowName;
  options.port = server.port();
  const auto lookups = std::make_shared<Lookups>();
  const int before = slow_lookups;
  std::vector<RecordingObserver> observers(3);
  std::vector<std::unique_ptr<Connection>> connections;
  for (RecordingObserver& each : observers) {
    connections.push_back(std::make_unique<Connection>(loop(), options, &each, 1, lookups));
    connections.back()->Open();
  }
  AwaitSlowLookup(before);
  bool told = false;
  for (RecordingObserver& each : observers) {
    each.on_turn_end = [&] {
      if (std::exchange(told, true)) return;
      for (const auto& connection : connections) connection->Abort();
    };
  }
  slow_lookup_release.release();
  EXPECT_TRUE(RunUntil([&] {
    return std::all_of(observers.begin(), observers.end(),
                       [](const RecordingObserver& each) { return each.closed == 1; });
  }));
  EXPECT_EQ(slow_lookups - before, 1);
}

TEST_F(ConnectionAddressesTest, ALookupThatWasCancelledIsBegunAgain) {
  ASSERT_TRUE(server.ListenOnTcp());
  const auto lookups = std::make_shared<Lookups>();
  const EventLoop shared{loop(), std::make_shared<CloseBarrier>(), lookups};
  Resolver resolver(shared);
  std::vector<int> told;
  const auto note = [&told](int system_error, const std::vector<std::string>& /*addresses*/) {
    told.push_back(system_error);
  };
  BusyThreadPool busy(loop());
  ASSERT_EQ(resolver.Resolve("localhost", note), 0);
  resolver.Cancel();
  ASSERT_EQ(resolver.Resolve("localhost", note), 0);
  busy.Release();
  EXPECT_TRUE(RunUntil([&] { return shared.barrier->held() == 0; }));
  EXPECT_EQ(told, std::vector{0});
}

TEST_F(ConnectionAddressesTest, ALookupForWhichThereIsNoThreadIsGivenUp) {
  BusyThreadPool busy(loop());
  options.host = "localhost";
  options.connect_timeout = milliseconds(20);
  Open();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  EXPECT_EQ(Describe(observer.errors[0]), "system ETIMEDOUT");
  EXPECT_EQ(observer.errors[0].address, "localhost");
  // Before there are threads again, with which it would look for a server.
  connection->Abort();
}

}  // namespace
}  // namespace connect_hiredis::test
