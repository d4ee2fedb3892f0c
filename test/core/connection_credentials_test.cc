// Credentials that are asked for: for each connection, and again before they lapse.
#include <gtest/gtest.h>

#include "support/two_addresses_test.h"

namespace connect_hiredis::test {
namespace {

using State = Connection::State;

constexpr const char* kNeeded = "credentials needed";

Credentials Given(const std::string& password,
                  std::optional<milliseconds> lifetime = std::nullopt) {
  return {"user", password, lifetime};
}

class ConnectionCredentialsTest : public TwoAddressesTest {
 protected:
  ConnectionCredentialsTest() {
    options.host = "127.0.0.1";
    options.asks_credentials = true;
  }

  bool RunUntilAsked(std::size_t times) {
    return RunUntil([=, this] { return observer.Count(kNeeded) >= times; });
  }

  bool OpenUntilAsked() {
    if (server.port() == 0 && !server.ListenOnTcp()) return false;
    Open();
    return RunUntilAsked(1);
  }

  // Ready, with credentials that are to be renewed.
  bool OpenUntilRenewal() {
    if (!OpenUntilAsked()) return false;
    connection->ProvideCredentials(Given("old", milliseconds(1)));
    return RunUntilReady() && RunUntilAsked(2);
  }

  Error Reason() {
    Error error;
    error.code = ErrorCode::kCredentials;
    error.message = "there are none";
    return error;
  }
};

TEST_F(ConnectionCredentialsTest, TheHandshakeWaitsForThem) {
  ASSERT_TRUE(OpenUntilAsked());
  const auto tag = Submit({"GET", "a"});
  RunFor(milliseconds(10));
  EXPECT_EQ(state(), State::kHandshaking);
  EXPECT_TRUE(server.received().empty());
  connection->ProvideCredentials(Given("secret"));
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
  EXPECT_EQ(server.received()[0].words, (Words{"AUTH", "user", "secret"}));
  EXPECT_EQ(server.received()[1].words[0], "CLIENT");
  EXPECT_EQ(observer.events, (std::vector<std::string>{"connected", kNeeded, "ready"}));
}

TEST_F(ConnectionCredentialsTest, TheyMayBeGivenInTheTurnThatAskedForThem) {
  observer.on_turn_end = [&] {
    if (observer.Count(kNeeded) == 1) connection->ProvideCredentials(Given("secret"));
  };
  ASSERT_TRUE(OpenUntilReady());
  EXPECT_EQ(server.Count("AUTH"), 1U);
}

TEST_F(ConnectionCredentialsTest, WithoutAUserThePasswordIsTheDefaultUsers) {
  ASSERT_TRUE(OpenUntilAsked());
  connection->ProvideCredentials({std::nullopt, "secret", std::nullopt});
  ASSERT_TRUE(RunUntilReady());
  EXPECT_EQ(server.received()[0].words, (Words{"AUTH", "secret"}));
}

TEST_F(ConnectionCredentialsTest, TheyAreAskedForOncePerConnection) {
  ASSERT_TRUE(OpenUntilAsked());
  connection->ProvideCredentials(Given("first"));
  ASSERT_TRUE(RunUntilReady());
  server.DropPeers();
  ASSERT_TRUE(RunUntilAsked(2));
  connection->ProvideCredentials(Given("second"));
  ASSERT_TRUE(RunUntilReady());
  EXPECT_EQ(observer.Count(kNeeded), 2U);
  ASSERT_EQ(server.Count("AUTH"), 2U);
  EXPECT_EQ(server.received()[3].words, (Words{"CLIENT", "INFO"}));
  EXPECT_EQ(server.received()[4].words, (Words{"AUTH", "user", "second"}));
}

TEST_F(ConnectionCredentialsTest, AndOncePerAddress) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  options.host = kNameOfTwoAddresses;
  server.on_command = [](Peer& peer, const Words&) { peer.Close(); };
  ASSERT_TRUE(OpenUntilAsked());
  connection->ProvideCredentials(Given("first"));
  ASSERT_TRUE(RunUntilAsked(2));
  connection->ProvideCredentials(Given("second"));
  ASSERT_TRUE(RunUntilReady());
  EXPECT_EQ(server.received()[0].words, (Words{"AUTH", "user", "first"}));
  EXPECT_EQ(second.received()[0].words, (Words{"AUTH", "user", "second"}));
  EXPECT_TRUE(observer.errors.empty());
}

TEST_F(ConnectionCredentialsTest, AfterARefusalTheyAreAskedForAgain) {
  server.on_command = [](Peer& peer, const Words& words) {
    const bool wrong = words[0] == "AUTH" && words[2] == "wrong";
    peer.Send(wrong ? Refusal("WRONGPASS invalid username-password pair") : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilAsked());
  connection->ProvideCredentials(Given("wrong"));
  ASSERT_TRUE(RunUntilAsked(2));
  EXPECT_EQ(observer.Count("reply WRONGPASS"), 1U);
  connection->ProvideCredentials(Given("right"));
  ASSERT_TRUE(RunUntilReady());
}

TEST_F(ConnectionCredentialsTest, WhatIsGivenTwiceOrUnaskedIsIgnored) {
  ASSERT_TRUE(OpenUntilAsked());
  connection->ProvideCredentials(Given("first"));
  connection->ProvideCredentials(Given("twice"));
  connection->RefuseCredentials(Reason());
  ASSERT_TRUE(RunUntilReady());
  connection->ProvideCredentials(Given("unasked"));
  connection->RefuseCredentials(Reason());
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
  EXPECT_EQ(server.Count("AUTH"), 1U);
  EXPECT_TRUE(observer.errors.empty());
}

TEST_F(ConnectionCredentialsTest, SoItIsBeforeOpenInBackoffAndAfterClose) {
  options.backoff_min = options.backoff_max = milliseconds(600'000);
  ASSERT_TRUE(server.ListenOnTcp());
  Create().ProvideCredentials(Given("early"));
  connection->RefuseCredentials(Reason());
  connection->Open();
  ASSERT_TRUE(RunUntilAsked(1));
  connection->RefuseCredentials(Reason());
  connection->ProvideCredentials(Given("late"));
  connection->Close();
  connection->ProvideCredentials(Given("later"));
  ASSERT_TRUE(RunUntilClosed());
  connection->ProvideCredentials(Given("latest"));
  connection->RefuseCredentials(Reason());
  EXPECT_TRUE(server.received().empty());
  EXPECT_EQ(observer.errors.size(), 1U);
}

TEST_F(ConnectionCredentialsTest, WithoutThemTheNextAttemptFollowsInAWhile) {
  if (!ListenOnBoth()) GTEST_SKIP() << "this machine has no ::1";
  options.host = kNameOfTwoAddresses;
  ASSERT_TRUE(OpenUntilAsked());
  connection->RefuseCredentials(Reason());
  EXPECT_EQ(state(), State::kBackoff) << "another address would not have better ones";
  EXPECT_EQ(observer.events.back(), "credentials");
  EXPECT_EQ(observer.errors[0].message, "there are none");
  ASSERT_TRUE(RunUntilAsked(2));
  EXPECT_EQ(second.connections(), 0U);
  connection->ProvideCredentials(Given("secret"));
  ASSERT_TRUE(RunUntilReady());
}

TEST_F(ConnectionCredentialsTest, CommandsThatRanOutOfTimeMeanwhileSayWhy) {
  options.command_timeout = milliseconds(50);
  options.backoff_min = milliseconds(600'000);
  options.backoff_max = milliseconds(600'000);
  ASSERT_TRUE(OpenUntilAsked());
  const auto tag = Submit({"GET", "a"});
  connection->RefuseCredentials(Reason());
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "timeout");
  ASSERT_NE(handler.errors[tag].cause, nullptr);
  EXPECT_EQ(Describe(*handler.errors[tag].cause), "credentials");
}

TEST_F(ConnectionCredentialsTest, ThoseThatAreNeverGivenAreWaitedForAsLongAsAConnectionMayTake) {
  options.connect_timeout = milliseconds(200);
  ASSERT_TRUE(OpenUntilAsked());
  const auto begin = Now();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  EXPECT_GE(Now() - begin, milliseconds(100));
  EXPECT_EQ(Describe(observer.errors[0]), "system ETIMEDOUT");
  EXPECT_EQ(observer.errors[0].message,
            "The function given as \"credentials\" did not answer within 200 ms");
  ASSERT_TRUE(RunUntilAsked(2));
  connection->ProvideCredentials(Given("secret"));
  ASSERT_TRUE(RunUntilReady());
}

// ---- Renewal ----

TEST_F(ConnectionCredentialsTest, NewOnesAreAskedForWhenAFifthOfTheTimeIsLeft) {
  ASSERT_TRUE(OpenUntilAsked());
  connection->ProvideCredentials(Given("old", milliseconds(4000)));
  ASSERT_TRUE(RunUntilReady());
  const auto begin = Now();
  ASSERT_TRUE(RunUntilAsked(2));
  EXPECT_GE(Now() - begin, milliseconds(3190));
  EXPECT_LT(Now() - begin, milliseconds(4000)) << "the old ones would have lapsed";
}

TEST_F(ConnectionCredentialsTest, ButNotMoreOftenThanOnceASecond) {
  ASSERT_TRUE(OpenUntilAsked());
  connection->ProvideCredentials(Given("old", milliseconds(0)));
  ASSERT_TRUE(RunUntilReady());
  const auto begin = Now();
  ASSERT_TRUE(RunUntilAsked(2));
  EXPECT_GE(Now() - begin, milliseconds(990));
}

TEST_F(ConnectionCredentialsTest, ThoseThatLastForEverAreNotAskedForAgain) {
  ASSERT_TRUE(OpenUntilAsked());
  connection->ProvideCredentials(Given("old", milliseconds::max()));
  ASSERT_TRUE(RunUntilReady());
  RunFor(milliseconds(50));
  EXPECT_EQ(observer.Count(kNeeded), 1U);
}

TEST_F(ConnectionCredentialsTest, ThoseThatLapsedLongAgoAreUsedAllTheSame) {
  ASSERT_TRUE(OpenUntilAsked());
  connection->ProvideCredentials(Given("old", milliseconds::min()));
  ASSERT_TRUE(RunUntilReady());
}

TEST_F(ConnectionCredentialsTest, TheyAreToldBetweenOtherCommandsWhichGoOn) {
  options.connect_timeout = milliseconds(300);
  ASSERT_TRUE(OpenUntilRenewal());
  const auto before = Submit({"GET", "before"});
  connection->ProvideCredentials(Given("new"));
  const auto after = Submit({"GET", "after"});
  connection->ProvideCredentials(Given("twice"));
  ASSERT_TRUE(RunUntilTold(2));
  EXPECT_EQ(Told(before), "$value of before");
  EXPECT_EQ(Told(after), "$value of after");
  ASSERT_EQ(server.received().size(), 7U);
  EXPECT_EQ(server.received()[4].words, (Words{"GET", "before"}));
  EXPECT_EQ(server.received()[5].words, (Words{"AUTH", "user", "new"}));
  EXPECT_EQ(server.received()[6].words, (Words{"GET", "after"}));
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(observer.Count("ready"), 1U);
  EXPECT_TRUE(observer.errors.empty());
  RunFor(milliseconds(400));
  EXPECT_EQ(observer.Count(kNeeded), 2U) << "those do not lapse";
}

TEST_F(ConnectionCredentialsTest, ThoseThatAreRefusedThenAreToldAndAskedForAgain) {
  options.connect_timeout = milliseconds(300);
  server.on_command = [](Peer& peer, const Words& words) {
    const bool wrong = words[0] == "AUTH" && words[2] == "wrong";
    peer.Send(wrong ? Refusal("WRONGPASS invalid username-password pair") : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilRenewal());
  connection->ProvideCredentials(Given("wrong", milliseconds(600'000)));
  ASSERT_TRUE(RunUntilAsked(3));
  EXPECT_EQ(observer.Count("reply WRONGPASS"), 1U);
  connection->ProvideCredentials(Given("new"));
  const auto tag = Submit({"GET", "a"});
  ASSERT_TRUE(RunUntilTold(1));
  EXPECT_EQ(Told(tag), "$value of a");
  EXPECT_EQ(server.Count("AUTH"), 3U);
  EXPECT_EQ(server.connections(), 1U) << "the old ones were still good";
}

TEST_F(ConnectionCredentialsTest, WhatIsNoAnswerToThemReplacesTheConnection) {
  server.on_command = [this](Peer& peer, const Words& words) {
    const bool renewal = words[0] == "AUTH" && server.Count("AUTH") == 2;
    peer.Send(renewal ? Bulk("another's session") : HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilRenewal());
  connection->ProvideCredentials(Given("new"));
  ASSERT_TRUE(RunUntil([&] { return observer.Count("protocol") == 1; }));
  ASSERT_TRUE(RunUntilAsked(3));
  connection->ProvideCredentials(Given("newer"));
  ASSERT_TRUE(RunUntil([&] { return observer.Count("ready") == 2; }));
}

TEST_F(ConnectionCredentialsTest, AServerThatAnswersThemWithNothingIsReplaced) {
  options.command_timeout = milliseconds(100);
  server.on_command = [this](Peer& peer, const Words& words) {
    const bool renewal = words[0] == "AUTH" && server.Count("AUTH") == 2;
    if (!renewal) peer.Send(HarmlessAnswer(words));
  };
  ASSERT_TRUE(OpenUntilRenewal());
  connection->ProvideCredentials(Given("new"));
  ASSERT_TRUE(RunUntil([&] { return observer.Count("timeout") == 1; }));
  ASSERT_TRUE(RunUntilAsked(3));
}

TEST_F(ConnectionCredentialsTest, IfThereAreNoneThenTheyAreAskedForAgain) {
  options.connect_timeout = milliseconds(300);
  ASSERT_TRUE(OpenUntilRenewal());
  connection->RefuseCredentials(Reason());
  EXPECT_EQ(observer.Count("credentials"), 1U);
  int turns = 0;
  observer.on_turn_end = [&] { ++turns; };
  uv_run(loop(), UV_RUN_ONCE);
  EXPECT_GE(turns, 1);
  EXPECT_EQ(observer.Count(kNeeded), 2U) << "others hear of it, though nothing else happens";
  observer.on_turn_end = [] {};
  ASSERT_TRUE(RunUntilAsked(3));
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionCredentialsTest, IfNobodyAnswersThenTheyAreAskedForAgain) {
  options.connect_timeout = milliseconds(300);
  ASSERT_TRUE(OpenUntilRenewal());
  const auto begin = Now();
  ASSERT_TRUE(RunUntilAsked(4));
  EXPECT_GE(Now() - begin, milliseconds(590));
  EXPECT_TRUE(observer.errors.empty());
  EXPECT_EQ(server.connections(), 1U);
  connection->ProvideCredentials(Given("new"));
  ASSERT_TRUE(RunUntil([&] { return server.Count("AUTH") == 2; }));
}

TEST_F(ConnectionCredentialsTest, AfterABreakThoseAskedForEarlierAreForTheNextConnection) {
  ASSERT_TRUE(OpenUntilRenewal());
  server.Shut();
  ASSERT_TRUE(RunUntil([&] { return !observer.errors.empty(); }));
  connection->ProvideCredentials(Given("of the old one"));
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  ASSERT_TRUE(RunUntilAsked(3));
  connection->ProvideCredentials(Given("new"));
  ASSERT_TRUE(RunUntilReady());
  EXPECT_EQ(server.Count("AUTH"), 2U);
  EXPECT_EQ(observer.Count("ready"), 2U);
}

TEST_F(ConnectionCredentialsTest, WithoutAConnectionNothingIsRenewed) {
  ASSERT_TRUE(OpenUntilAsked());
  connection->ProvideCredentials(Given("old", milliseconds(1)));
  ASSERT_TRUE(RunUntilReady());
  server.Shut();
  RunFor(milliseconds(1100));
  EXPECT_EQ(observer.Count(kNeeded), 1U);
}

}  // namespace
}  // namespace connect_hiredis::test
