#include "connection/handshake.h"

#include <gtest/gtest.h>

#include "support/reply_reader.h"
#include "support/resp.h"

namespace connect_hiredis {
namespace {

using test::CommandOf;
using Commands = std::vector<std::string>;

const std::string kInfo = CommandOf({"CLIENT", "INFO"});

// Everything is asked for: AUTH, SELECT, CLIENT SETNAME.
ConnectionOptions FullOptions() {
  ConnectionOptions options;
  options.username = "user";
  options.password = "secret";
  options.database = 2;
  options.client_name = "name";
  return options;
}

Handshake Begin(const ConnectionOptions& options) {
  return {options, {options.username, options.password, std::nullopt}, false};
}

void Answer(Handshake& handshake, std::string_view bytes) {
  test::ReplyReader reader;
  reader.Feed(bytes);
  while (const auto reply = reader.Next()) handshake.OnReply(*reply);
}

TEST(Handshake, ThereIsAlwaysSomethingToBeAnswered) {
  Handshake handshake = Begin(ConnectionOptions());
  EXPECT_EQ(handshake.commands(), (Commands{CommandOf({"PING"}), kInfo}));
  EXPECT_FALSE(handshake.complete());
  Answer(handshake, "+PONG\r\n+OK\r\n");
  EXPECT_TRUE(handshake.complete());
  EXPECT_FALSE(handshake.error());
}

TEST(Handshake, SaysWhatTheOptionsAskForInOrder) {
  const Handshake handshake = Begin(FullOptions());
  EXPECT_EQ(handshake.commands(),
            (Commands{CommandOf({"AUTH", "user", "secret"}), CommandOf({"SELECT", "2"}),
                      CommandOf({"CLIENT", "SETNAME", "name"}), CommandOf({"PING"}), kInfo}));
}

TEST(Handshake, APasswordAloneIsTheDefaultUsers) {
  ConnectionOptions options;
  options.password = "sec\r\nret";
  EXPECT_EQ(Begin(options).commands(),
            (Commands{CommandOf({"AUTH", "sec\r\nret"}), CommandOf({"PING"}), kInfo}));
}

TEST(Handshake, AUserWithoutAPasswordGivesAnEmptyOne) {
  ConnectionOptions options;
  options.username = "user";
  EXPECT_EQ(Begin(options).commands(),
            (Commands{CommandOf({"AUTH", "user", ""}), CommandOf({"PING"}), kInfo}));
}

TEST(Handshake, AnEmptyPasswordIsGivenToo) {
  ConnectionOptions options;
  options.password = "";
  EXPECT_EQ(Begin(options).commands(),
            (Commands{CommandOf({"AUTH", ""}), CommandOf({"PING"}), kInfo}));
}

TEST(Handshake, IsCompleteWithTheLastReply) {
  Handshake handshake = Begin(FullOptions());
  Answer(handshake, "+OK\r\n+OK\r\n+OK\r\n+PONG\r\n");
  EXPECT_FALSE(handshake.complete());
  Answer(handshake, "$2\r\nid\r\n");
  EXPECT_TRUE(handshake.complete());
  EXPECT_FALSE(handshake.error());
  EXPECT_FALSE(handshake.refused());
}

TEST(Handshake, LearnsAsWhomTheServerKnowsTheConnection) {
  Handshake handshake = Begin(ConnectionOptions());
  Answer(handshake,
         "+PONG\r\n" + test::Bulk("id=7 addr=127.0.0.1:40000 laddr=127.0.0.1:6379 fd=8\n"));
  ASSERT_TRUE(handshake.identity());
  EXPECT_EQ(handshake.identity()->id, 7U);
  EXPECT_FALSE(handshake.error());
}

TEST(Handshake, AStringIsAnAnswerToThatAlone) {
  Handshake handshake = Begin(ConnectionOptions());
  Answer(handshake, test::Bulk("PONG"));
  ASSERT_TRUE(handshake.error());
  EXPECT_EQ(handshake.error()->code, ErrorCode::kProtocol);
}

TEST(Handshake, AUnixSocketIsNotAskedFor) {
  ConnectionOptions options;
  options.socket_path = "/tmp/redis.sock";
  EXPECT_EQ(Begin(options).commands(), Commands{CommandOf({"PING"})});
}

TEST(Handshake, AWrongPasswordIsARefusal) {
  Handshake handshake = Begin(FullOptions());
  Answer(handshake, "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
  ASSERT_TRUE(handshake.error());
  EXPECT_EQ(handshake.error()->code, ErrorCode::kReply);
  EXPECT_EQ(handshake.error()->reply, "WRONGPASS");
  EXPECT_TRUE(handshake.refused());
}

TEST(Handshake, TheFirstErrorIsTheReason) {
  Handshake handshake = Begin(FullOptions());
  Answer(handshake,
         "-WRONGPASS wrong\r\n-NOAUTH Authentication required.\r\n-NOAUTH Authentication "
         "required.\r\n");
  EXPECT_EQ(handshake.error()->reply, "WRONGPASS");
}

TEST(Handshake, AWrongDatabaseIsARefusal) {
  Handshake handshake = Begin(FullOptions());
  Answer(handshake, "+OK\r\n-ERR DB index is out of range\r\n+OK\r\n");
  ASSERT_TRUE(handshake.error());
  EXPECT_EQ(handshake.error()->message, "Redis replied: ERR DB index is out of range");
  EXPECT_TRUE(handshake.refused());
}

TEST(Handshake, AServerThatForbidsNamesIsGoodEnough) {
  for (const std::string_view error :
       {"-ERR unknown command 'CLIENT', with args beginning with: 'SETNAME' 'name'\r\n",
        "-NOPERM this user has no permissions to run the 'client|setname' command\r\n"}) {
    Handshake handshake = Begin(FullOptions());
    Answer(handshake, "+OK\r\n+OK\r\n");
    Answer(handshake, error);
    Answer(handshake, "+PONG\r\n");
    Answer(handshake, error);
    EXPECT_TRUE(handshake.complete());
    EXPECT_FALSE(handshake.error());
    EXPECT_FALSE(handshake.refused());
  }
}

TEST(Handshake, AServerThatWantsAPasswordOrAdmitsNobodySaysSoToAnyCommand) {
  for (const std::string name : {"name", ""}) {
    for (const std::string word : {"NOAUTH", "DENIED"}) {
      ConnectionOptions options;
      options.client_name = name;
      Handshake handshake = Begin(options);
      Answer(handshake, "-" + word + " No.\r\n");
      ASSERT_TRUE(handshake.error());
      EXPECT_EQ(handshake.error()->reply, word);
      EXPECT_TRUE(handshake.refused());
    }
  }
}

// A client that tries to connect to a port of its own machine where nobody listens may be given
// that port itself; connected to itself, it is answered by an echo.
TEST(Handshake, AnEchoIsNoServer) {
  Handshake handshake = Begin(ConnectionOptions());
  Answer(handshake, handshake.commands()[0]);
  ASSERT_TRUE(handshake.error());
  EXPECT_EQ(handshake.error()->code, ErrorCode::kProtocol);
  EXPECT_FALSE(handshake.refused());
}

TEST(Handshake, WaitingMendsAServerWithoutRoom) {
  for (const bool with_password : {false, true}) {
    ConnectionOptions options;
    options.client_name = "name";
    if (with_password) options.password = "secret";
    Handshake handshake = Begin(options);
    Answer(handshake, "-ERR max number of clients reached\r\n");
    ASSERT_TRUE(handshake.error());
    EXPECT_EQ(handshake.error()->message, "Redis replied: ERR max number of clients reached");
    EXPECT_FALSE(handshake.refused()) << (with_password ? "to AUTH" : "to CLIENT SETNAME");
  }
}

TEST(Handshake, TheLibraryIsIntroducedWhereThatIsKnown) {
  ConnectionOptions options;
  options.library_version = "1.2.3";
  Handshake handshake = Begin(options);
  EXPECT_EQ(
      handshake.commands(),
      (Commands{CommandOf({"CLIENT", "SETINFO", "LIB-NAME", "connect-hiredis"}),
                CommandOf({"CLIENT", "SETINFO", "LIB-VER", "1.2.3"}), CommandOf({"PING"}), kInfo}));
  Answer(handshake, "-ERR Unknown subcommand or wrong number of arguments for 'SETINFO'.\r\n");
  Answer(handshake, "-NOPERM No.\r\n+PONG\r\n-NOPERM No.\r\n");
  EXPECT_TRUE(handshake.complete());
  EXPECT_FALSE(handshake.error());
}

TEST(Handshake, AServerThatIsNotReadySaysSoToPingAlone) {
  for (const std::string reply :
       {"LOADING Redis is loading the dataset in memory",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."}) {
    Handshake handshake = Begin(FullOptions());
    Answer(handshake, "+OK\r\n+OK\r\n+OK\r\n-" + reply + "\r\n");
    ASSERT_TRUE(handshake.error());
    EXPECT_EQ(handshake.error()->reply, reply.substr(0, reply.find(' ')));
    EXPECT_FALSE(handshake.refused()) << "waiting mends it";
  }
}

TEST(Handshake, ForWritesAReplicaWillNotDo) {
  Handshake handshake(ConnectionOptions(), {}, true);
  EXPECT_EQ(handshake.commands(), (Commands{CommandOf({"PING"}), kInfo, CommandOf({"ROLE"})}));
  Answer(handshake,
         "+PONG\r\n+OK\r\n*5\r\n$5\r\nslave\r\n$1\r\nh\r\n:1\r\n$9\r\nconnected\r\n:1\r\n");
  ASSERT_TRUE(handshake.error());
  EXPECT_EQ(handshake.error()->reply, "READONLY");
  EXPECT_FALSE(handshake.refused()) << "it may become a master again";
}

TEST(Handshake, ForWritesAMasterWillDoAndWhoeverMayNotSay) {
  for (const std::string_view answer :
       {"*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n", "*0\r\n",
        "-NOPERM User app has no permissions to run the 'role' command\r\n",
        "-ERR unknown command 'ROLE'\r\n"}) {
    Handshake handshake(ConnectionOptions(), {}, true);
    Answer(handshake, "+PONG\r\n+OK\r\n");
    Answer(handshake, answer);
    EXPECT_TRUE(handshake.complete());
    EXPECT_FALSE(handshake.error());
  }
}

TEST(Handshake, AUserWhoMayNotPingIsServedAllTheSame) {
  Handshake handshake = Begin(ConnectionOptions());
  Answer(handshake, "-NOPERM User app has no permissions to run the 'ping' command\r\n");
  Answer(handshake, "+OK\r\n");
  EXPECT_TRUE(handshake.complete());
  EXPECT_FALSE(handshake.error());
}

TEST(Handshake, ErrorsHoldNoPassword) {
  Handshake handshake = Begin(FullOptions());
  Answer(handshake, "-ERR unknown command 'AUTH', with args beginning with: 'user' 'secret' \r\n");
  EXPECT_EQ(handshake.error()->message.find("secret"), std::string::npos);
  EXPECT_EQ(handshake.error()->reply, "ERR");
}

}  // namespace
}  // namespace connect_hiredis
