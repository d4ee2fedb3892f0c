// The sessions on one server: each operation does what its name says and tells the sink.
#include "session/single_source.h"

#include <gtest/gtest.h>

#include "support/connection_test.h"
#include "support/fake_keyspace.h"

namespace connect_hiredis::test {
namespace {

class SingleSourceTest : public ConnectionTest {
 protected:
  // A source whose server answers with `answer`.
  void Prepare(const std::function<std::string(const Words&)>& answer) {
    server.on_command = [answer](Peer& peer, const Words& words) {
      peer.Send(IsHandshake(words) ? HarmlessAnswer(words) : answer(words));
    };
    ASSERT_TRUE(OpenUntilReady());
    source = std::make_unique<SingleSource>(connection.get(), &sink);
  }

  std::string Outcome(Slot slot) {
    EXPECT_TRUE(RunUntil([&] { return !sink.Told(slot).empty(); }));
    return sink.Told(slot);
  }

  void TearDown() override {
    source.reset();
    ConnectionTest::TearDown();
  }

  RecordingSink sink;
  std::unique_ptr<SessionSource> source;
};

TEST_F(SingleSourceTest, EachOperationOnASessionIsItsCommand) {
  ASSERT_NO_FATAL_FAILURE(Prepare([](const Words& words) {
    return words[0] == "GET" || words[0] == "SET" ? HarmlessAnswer(words) : Integer(1);
  }));
  EXPECT_EQ(source->Get(1, "s:", "a"), Admission::kAccepted);
  EXPECT_EQ(source->Set(2, "s:", "b", "v", std::nullopt, Existence::kMustExist),
            Admission::kAccepted);
  EXPECT_EQ(source->Touch(3, "s:", "c", milliseconds(99)), Admission::kAccepted);
  EXPECT_EQ(source->Destroy(4, "s:", "d"), Admission::kAccepted);
  EXPECT_EQ(source->Exists(5, "s:", "e"), Admission::kAccepted);
  EXPECT_EQ(source->TimeLeft(6, "s:", "f"), Admission::kAccepted);
  EXPECT_EQ(source->Replace(7, {"s:g", "old", "new", std::nullopt}), Admission::kAccepted);
  EXPECT_EQ(Outcome(1), "value 'value of s:a' 1");
  for (Slot slot = 2; slot <= 7; ++slot) EXPECT_EQ(Outcome(slot), "count 1") << slot;

  std::vector<Words> sent;
  for (const auto& command : server.received()) {
    if (!IsHandshake(command.words)) sent.push_back(command.words);
  }
  ASSERT_EQ(sent.size(), 8U);
  EXPECT_EQ(sent.back()[0], "EVALSHA");
  EXPECT_EQ(sent.back()[3], "s:g");
  sent.pop_back();
  EXPECT_EQ(sent, (std::vector<Words>{{"GET", "s:a"},
                                      {"PTTL", "s:a"},
                                      {"SET", "s:b", "v", "XX"},
                                      {"PEXPIRE", "s:c", "99"},
                                      {"DEL", "s:d"},
                                      {"EXISTS", "s:e"},
                                      {"PTTL", "s:f"}}));
}

TEST_F(SingleSourceTest, EachOperationOnManyGoesOverThem) {
  FakeKeyspace keyspace;
  keyspace.pages = {{"s:1", "t:1"}, {"s:2"}};
  ASSERT_NO_FATAL_FAILURE(
      Prepare([&keyspace](const Words& words) { return keyspace.Answer(words); }));
  const auto count = source->NewWalk(Enumeration::Kind::kCount, "s:", 10);
  EXPECT_EQ(count->Next(1), Admission::kAccepted);
  EXPECT_EQ(Outcome(1), "count 2");
  const auto some = source->NewGetMany({"s:2", "s:3"}, 2, 10);
  EXPECT_EQ(some->Next(2), Admission::kAccepted);
  EXPECT_EQ(Outcome(2), "batch");
  EXPECT_EQ(sink.batches[2].values["2"], "'value of s:2' 1000");
  EXPECT_EQ(source->Clear(3, "s:", 10), Admission::kAccepted);
  EXPECT_EQ(Outcome(3), "count 2");
  EXPECT_EQ(keyspace.removed, (std::set<std::string>{"s:1", "s:2"}));
}

TEST_F(SingleSourceTest, TellsWhyAnOperationWasNotTaken) {
  ASSERT_NO_FATAL_FAILURE(Prepare(HarmlessAnswer));
  connection->Abort();
  const Admission admission = source->Get(1, "s:", "a");
  EXPECT_EQ(admission, Admission::kClosed);
  EXPECT_EQ(Describe(source->Refusal(admission)), "closed");
  EXPECT_EQ(sink.count(), 0U);
}

}  // namespace
}  // namespace connect_hiredis::test
