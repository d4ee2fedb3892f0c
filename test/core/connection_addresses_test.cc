// The ways to name a server.
#include <gtest/gtest.h>

#include "support/black_hole.h"
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
  while (slow_lookups == before) RunFor(milliseconds(1));
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

TEST_F(ConnectionAddressesTest, ALookupForWhichThereIsNoThreadIsGivenUp) {
  // libuv's threads all have something else to do.
  struct Work {
    uv_work_t uv;
    uv_sem_t* release;
  };
  uv_sem_t release;
  uv_sem_init(&release, 0);
  std::vector<Work> busy(16);
  for (Work& work : busy) {
    work.release = &release;
    uv_queue_work(
        loop(), &work.uv, [](uv_work_t* uv) { uv_sem_wait(reinterpret_cast<Work*>(uv)->release); },
        [](uv_work_t*, int) {});
  }
  options.host = "localhost";
  options.connect_timeout = milliseconds(20);
  Open();
  EXPECT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  EXPECT_EQ(Describe(observer.errors[0]), "system ETIMEDOUT");
  EXPECT_EQ(observer.errors[0].address, "localhost");
  for (std::size_t work = 0; work < busy.size(); ++work) uv_sem_post(&release);
  connection->Abort();
  EXPECT_TRUE(RunUntilClosed());
  RunFor(milliseconds(5));
  uv_sem_destroy(&release);
}

}  // namespace
}  // namespace connect_hiredis::test
