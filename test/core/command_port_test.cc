// The store's operations ask a port for each command by its key, and know no connection.
#include "connection/command_port.h"

#include <array>
#include <deque>

#include <gtest/gtest.h>

#include "session/clear.h"
#include "session/compare_and_set.h"
#include "session/get_many.h"
#include "session/operations.h"
#include "support/recorders.h"
#include "support/reply_reader.h"
#include "support/resp.h"

namespace connect_hiredis::test {
namespace {

class RecordingPort final : public CommandPort {
 public:
  Admission Admit(const KeyView& key) const override {
    asked.push_back(std::string(key.prefix) + "|" + std::string(key.id));
    return admission;
  }
  Admission AdmitNext(const KeyView& key) const override { return Admit(key); }
  Command& Acquire(const KeyView& key) override {
    acquired.push_back(std::string(key.prefix) + "|" + std::string(key.id));
    return commands.emplace_back();
  }
  void Submit(Command& command) override {
    submitted.push_back(&command);
    command.deadline = Nanoseconds(submitted.size());
  }
  Error Refusal(Admission /*refused*/) const override { return {}; }
  bool WasAttempted(CommandId /*id*/) override { return false; }
  void Distrust(const Error& /*error*/) override { ++distrusted; }
  std::uint64_t epoch() const override { return 1; }

  Admission admission = Admission::kAccepted;
  mutable std::vector<std::string> asked;
  std::vector<std::string> acquired;
  std::deque<Command> commands;
  std::vector<Command*> submitted;
  int distrusted = 0;
};

class CommandPortTest : public testing::Test {
 protected:
  RecordingPort port;
  RecordingSink sink;
  Operations operations{&port, &sink};
};

TEST_F(CommandPortTest, EachOperationOnASessionNamesItsKey) {
  operations.Get(1, "s:", "a");
  operations.Set(2, "s:", "b", "v", std::nullopt, Existence::kAny);
  operations.Touch(3, "s:", "c", std::nullopt);
  operations.Destroy(4, "s:", "d");
  const std::vector<std::string> keys{"s:|a", "s:|b", "s:|c", "s:|d"};
  EXPECT_EQ(port.asked, keys);
  EXPECT_EQ(port.acquired, keys);
  EXPECT_EQ(port.submitted.size(), 4U);
}

TEST_F(CommandPortTest, ACompareAndSetNamesTheWholeKey) {
  CompareAndSet::Run(&port, &sink, 1, {"s:a", "old", "new", std::nullopt});
  EXPECT_EQ(port.asked, std::vector<std::string>{"|s:a"});
  EXPECT_EQ(port.acquired, port.asked);
  // Whoever waits is told; else the operation would wait with it.
  port.submitted[0]->handler->OnFailure(port.submitted[0]->tag, {});
}

TEST_F(CommandPortTest, AllThatOneGetManyTakesHasOneDeadline) {
  const auto get_many = GetMany::Create(&port, &sink, {"s:a", "s:b"}, 2, 10);
  get_many->Next(1);
  ASSERT_EQ(port.submitted.size(), 1U);
  EXPECT_FALSE(port.submitted[0]->deadline_before);
  ReplyReader reader;
  reader.Feed(Integer(3) + Integer(3));
  const std::array lengths{*reader.Next(), *reader.Next()};
  port.submitted[0]->handler->OnReplies(port.submitted[0]->tag, lengths);
  ASSERT_EQ(port.submitted.size(), 2U);
  EXPECT_EQ(port.submitted[1]->deadline_before, port.submitted[0]->deadline);
  port.submitted[1]->handler->OnFailure(port.submitted[1]->tag, {});
}

TEST_F(CommandPortTest, AScanConcernsNoKey) {
  Clear::Run(&port, &sink, 1, "s:", 10);
  EXPECT_EQ(port.asked, std::vector<std::string>{"|"});
  port.submitted[0]->handler->OnFailure(port.submitted[0]->tag, {});
}

TEST_F(CommandPortTest, WhatThePortRefusesIsNotSent) {
  port.admission = Admission::kQueueFull;
  EXPECT_EQ(operations.Get(1, "s:", "a"), Admission::kQueueFull);
  EXPECT_EQ(operations.Destroy(1, "s:", "a"), Admission::kQueueFull);
  EXPECT_TRUE(port.acquired.empty());
  EXPECT_TRUE(port.submitted.empty());
}

}  // namespace
}  // namespace connect_hiredis::test
