// The operations on one session, against a scripted server.
#include "session/operations.h"

#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

using std::string_literals::operator""s;

class OperationsTest : public ConnectionTest {
 protected:
  // A ready connection of which each command is answered by `answers`, one after the other.
  void Prepare(std::vector<std::string> answers) {
    answers_ = std::move(answers);
    server.on_command = [this](Peer& peer, const Words& words) {
      if (IsHandshake(words)) {
        peer.Send(HarmlessAnswer(words));
      } else if (next_ < answers_.size()) {
        peer.Send(answers_[next_++]);
      }
    };
    ASSERT_TRUE(OpenUntilReady());
    operations.emplace(connection.get(), &sink);
  }

  // What the sink was told of `slot`.
  std::string Outcome(Slot slot) {
    EXPECT_TRUE(RunUntil([&] { return !sink.Told(slot).empty(); }));
    return sink.Told(slot);
  }

  // The commands after the handshake.
  std::vector<Words> Sent() {
    std::vector<Words> sent;
    for (const auto& command : server.received()) {
      if (!IsHandshake(command.words)) sent.push_back(command.words);
    }
    return sent;
  }

  using Sequence = std::vector<Words>;
  RecordingSink sink;
  std::optional<Operations> operations;

 private:
  std::vector<std::string> answers_;
  std::size_t next_ = 0;
};

TEST_F(OperationsTest, GetAsksForTheValueAndItsTimeInOneWrite) {
  Prepare({Bulk("va\r\nl\0ue"s), Integer(1234)});
  EXPECT_EQ(operations->Get(7, "sess:", "i\0d"s), Admission::kAccepted);
  EXPECT_EQ(Outcome(7), "value 'va\r\nl\0ue' 1234"s);
  EXPECT_EQ(Sent(), (Sequence{{"GET", "sess:i\0d"s}, {"PTTL", "sess:i\0d"s}}));
  EXPECT_EQ(server.received()[3].read, server.received()[4].read);
}

TEST_F(OperationsTest, GetKnowsAValueThatNeverExpires) {
  Prepare({Bulk(""), Integer(-1)});
  operations->Get(1, "", "a");
  EXPECT_EQ(Outcome(1), "value '' -1");
}

TEST_F(OperationsTest, GetFindsNothing) {
  Prepare({Nil(), Integer(-2)});
  operations->Get(1, "", "a");
  EXPECT_EQ(Outcome(1), "none");
}

TEST_F(OperationsTest, AValueThatLapsedBetweenTheTwoCommandsIsNone) {
  Prepare({Bulk("value"), Integer(-2)});
  operations->Get(1, "", "a");
  EXPECT_EQ(Outcome(1), "none");
}

TEST_F(OperationsTest, AValueThatCameBetweenTheTwoCommandsIsNone) {
  Prepare({Nil(), Integer(1000)});
  operations->Get(1, "", "a");
  EXPECT_EQ(Outcome(1), "none");
}

TEST_F(OperationsTest, GetOfSomethingElseFailsWithRedisWord) {
  Prepare({Refusal("WRONGTYPE Operation against a key holding the wrong kind of value"),
           Integer(-1), Bulk("next"), Integer(5)});
  operations->Get(1, "", "a");
  operations->Get(2, "", "b");
  EXPECT_EQ(Outcome(1), "reply WRONGTYPE");
  EXPECT_EQ(Outcome(2), "value 'next' 5");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(OperationsTest, GetFailsIfOnlyTheTimeIsRefused) {
  Prepare({Bulk("value"), Refusal("NOPERM no")});
  operations->Get(1, "", "a");
  EXPECT_EQ(Outcome(1), "reply NOPERM");
}

TEST_F(OperationsTest, SetStoresForATime) {
  Prepare({Simple("OK")});
  operations->Set(1, "sess:", "a", "value", milliseconds(1500), Existence::kAny);
  EXPECT_EQ(Outcome(1), "count 1");
  EXPECT_EQ(Sent(), (Sequence{{"SET", "sess:a", "value", "PX", "1500"}}));
}

TEST_F(OperationsTest, SetOfALoadedSessionDoesNotBringItBack) {
  Prepare({Nil(), Simple("OK")});
  operations->Set(1, "sess:", "a", "value", milliseconds(1500), Existence::kMustExist);
  operations->Set(2, "sess:", "a", "value", milliseconds(1500), Existence::kMustExist);
  EXPECT_EQ(Outcome(1), "count 0");
  EXPECT_EQ(Outcome(2), "count 1");
  EXPECT_EQ(Sent()[0], (Words{"SET", "sess:a", "value", "XX", "PX", "1500"}));
}

TEST_F(OperationsTest, SetMayStoreForEver) {
  Prepare({Simple("OK"), Simple("OK")});
  operations->Set(1, "", "a", "1", std::nullopt, Existence::kAny);
  operations->Set(2, "", "a", "2", std::nullopt, Existence::kMustExist);
  EXPECT_EQ(Outcome(2), "count 1");
  EXPECT_EQ(Sent(), (Sequence{{"SET", "a", "1"}, {"SET", "a", "2", "XX"}}));
}

TEST_F(OperationsTest, ASetThatWaitedIsSentWithTheTimeThatIsLeft) {
  ASSERT_TRUE(server.ListenOnTcp());
  server.StopListening();
  Open();
  operations.emplace(connection.get(), &sink);
  operations->Set(1, "", "a", "value", milliseconds(10'000), Existence::kMustExist);
  operations->Touch(2, "", "a", milliseconds(10'000));
  operations->Set(3, "", "b", "10000", std::nullopt, Existence::kAny);
  RunFor(milliseconds(20));
  ASSERT_TRUE(server.ListenOnTcp("127.0.0.1", server.port()));
  EXPECT_TRUE(RunUntil([&] { return sink.count() == 3; }));
  auto sent = Sent();
  for (const std::size_t command : {0U, 1U}) {
    EXPECT_LE(std::stoi(sent[command].back()), 9980);
    EXPECT_GT(std::stoi(sent[command].back()), 1);
    sent[command].pop_back();
  }
  EXPECT_EQ(sent,
            (Sequence{{"SET", "a", "value", "XX", "PX"}, {"PEXPIRE", "a"}, {"SET", "b", "10000"}}));
}

TEST_F(OperationsTest, TouchRenewsTheExpiry) {
  Prepare({Integer(1), Integer(0)});
  operations->Touch(1, "sess:", "a", milliseconds(99));
  operations->Touch(2, "sess:", "b", milliseconds(99));
  EXPECT_EQ(Outcome(1), "count 1");
  EXPECT_EQ(Outcome(2), "count 0");
  EXPECT_EQ(Sent()[0], (Words{"PEXPIRE", "sess:a", "99"}));
}

TEST_F(OperationsTest, TouchMayTakeTheExpiryAway) {
  Prepare({Integer(0), Integer(1), Integer(0), Integer(0)});
  operations->Touch(1, "sess:", "a", std::nullopt);
  operations->Touch(2, "sess:", "b", std::nullopt);
  EXPECT_EQ(Outcome(1), "count 1") << "it is there, and had none";
  EXPECT_EQ(Outcome(2), "count 0");
  EXPECT_EQ(Sent()[0], (Words{"PERSIST", "sess:a"}));
}

TEST_F(OperationsTest, TouchTellsARefusalOfEitherCommand) {
  Prepare({Refusal("NOPERM no"), Integer(1), Integer(0), Refusal("NOPERM no")});
  operations->Touch(1, "sess:", "a", std::nullopt);
  operations->Touch(2, "sess:", "a", std::nullopt);
  EXPECT_EQ(Outcome(1), "reply NOPERM");
  EXPECT_EQ(Outcome(2), "reply NOPERM");
}

TEST_F(OperationsTest, DestroyExistsAndTimeLeftAskForTheKeyAlone) {
  Prepare({Integer(1), Integer(0), Integer(-2)});
  operations->Destroy(1, "sess:", "a");
  operations->Exists(2, "sess:", "a");
  operations->TimeLeft(3, "sess:", "a");
  EXPECT_EQ(Outcome(1), "count 1");
  EXPECT_EQ(Outcome(2), "count 0");
  EXPECT_EQ(Outcome(3), "count -2");
  EXPECT_EQ(Sent(), (Sequence{{"DEL", "sess:a"}, {"EXISTS", "sess:a"}, {"PTTL", "sess:a"}}));
}

TEST_F(OperationsTest, ARefusalOfAWriteIsTold) {
  Prepare({Refusal("OOM command not allowed when used memory > 'maxmemory'."),
           Refusal("NOPERM User app has no permissions to run the 'del' command")});
  operations->Set(1, "", "a", "v", milliseconds(1), Existence::kAny);
  operations->Destroy(2, "", "a");
  EXPECT_EQ(Outcome(1), "reply OOM");
  EXPECT_EQ(Outcome(2), "reply NOPERM");
}

TEST_F(OperationsTest, TheLargestSlotComesBackAsItIs) {
  Prepare({Integer(1), Bulk("v"), Integer(1)});
  operations->Destroy(UINT32_MAX, "", "a");
  operations->Get(UINT32_MAX - 1, "", "a");
  EXPECT_EQ(Outcome(UINT32_MAX), "count 1");
  EXPECT_EQ(Outcome(UINT32_MAX - 1), "value 'v' 1");
}

TEST_F(OperationsTest, AReplyThatTheCommandCannotHaveReplacesTheConnection) {
  struct Case {
    const char* what;
    std::function<void(Operations&)> begin;
    std::vector<std::string> answers;
  };
  const std::vector<Case> cases = {
      {"GET", [](Operations& it) { it.Get(1, "", "a"); }, {Integer(1), Integer(1)}},
      {"PTTL", [](Operations& it) { it.Get(1, "", "a"); }, {Bulk("v"), Bulk("w")}},
      {"SET", [](Operations& it) { it.Set(1, "", "a", "v", {}, Existence::kAny); }, {Bulk("v")}},
      {"PEXPIRE", [](Operations& it) { it.Touch(1, "", "a", milliseconds(1)); }, {Simple("OK")}},
      {"DEL", [](Operations& it) { it.Destroy(1, "", "a"); }, {Array({})}},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    std::size_t next = 0;
    RecordingObserver other_observer;
    RecordingSink other_sink;
    server.on_command = [&](Peer& peer, const Words& words) {
      peer.Send(IsHandshake(words) ? HarmlessAnswer(words) : each.answers[next++]);
    };
    if (server.port() == 0) {
      ASSERT_TRUE(server.ListenOnTcp());
    }
    options.port = server.port();
    Connection other(loop(), options, &other_observer, 1);
    other.Open();
    Operations other_operations(&other, &other_sink);
    each.begin(other_operations);
    EXPECT_TRUE(RunUntil([&] { return other_observer.Count("ready") == 2; }));
    EXPECT_EQ(other_sink.Told(1), "protocol");
    EXPECT_EQ(other_observer.Count("protocol"), 1U);
    other.Abort();
    ASSERT_TRUE(RunUntil([&] { return other_observer.closed == 1; }));
  }
}

TEST_F(OperationsTest, WhatTheConnectionCannotFinishFailsOnce) {
  Prepare({});
  operations->Get(7, "", "a");
  operations->Set(UINT32_MAX, "", "a", "v", {}, Existence::kAny);
  connection->Abort();
  EXPECT_EQ(sink.Told(7), "closed");
  EXPECT_EQ(sink.Told(UINT32_MAX), "closed");
}

TEST_F(OperationsTest, WhatIsNotTakenIsToldByTheReturnValueAlone) {
  options.queue_limit = 0;
  ASSERT_TRUE(server.ListenOnTcp());
  Open();
  operations.emplace(connection.get(), &sink);
  EXPECT_EQ(operations->Get(1, "", "a"), Admission::kOffline);
  EXPECT_EQ(operations->Set(1, "", "a", "v", {}, Existence::kAny), Admission::kOffline);
  connection->Close();
  EXPECT_EQ(operations->Touch(1, "", "a", milliseconds(1)), Admission::kClosed);
  EXPECT_EQ(operations->Destroy(1, "", "a"), Admission::kClosed);
  ASSERT_TRUE(RunUntilClosed());
  EXPECT_EQ(sink.count(), 0U);
}

}  // namespace
}  // namespace connect_hiredis::test
