// A link asks nothing of what carries its bytes but to be a stream.
#include <gtest/gtest.h>

#include "connection/link.h"
#include "support/recorders.h"
#include "support/resp.h"
#include "support/scripted_stream.h"

namespace connect_hiredis::test {
namespace {

class ServedListener final : public LinkListener {
 public:
  void OnReply(CommandId id, const Reply& reply) override {
    told.push_back(std::to_string(id) + " " + Describe(reply));
  }
  [[nodiscard]] bool HoldsReplies() const override { return false; }
  void OnLinkServed() override { ++served; }

  std::vector<std::string> told;
  int served = 0;
};

Error Broken() {
  Error error;
  error.code = ErrorCode::kSystem;
  error.message = "certificate has expired";
  return error;
}

class LinkStreamTest : public testing::Test {
 protected:
  ScriptedTransport transport;
  ServedListener listener;
  Link link{&transport, {"10.0.0.1", 6379, "redis.example"}, &listener};
};

TEST_F(LinkStreamTest, TheTransportKnowsTheNameThatLedToTheAddress) {
  ASSERT_EQ(transport.endpoints.size(), 1U);
  EXPECT_EQ(transport.endpoints[0].address, "10.0.0.1");
  EXPECT_EQ(transport.endpoints[0].host, "redis.example");
}

TEST_F(LinkStreamTest, WhatIsAppendedLeavesOnceItIsConnected) {
  EXPECT_TRUE(link.Append(CommandOf({"PING"}), 1, 7, Now()));
  link.Flush();
  EXPECT_FALSE(link.connected());
  EXPECT_EQ(link.unwritten(), CommandOf({"PING"}).size());
  transport.stream->Connect();
  EXPECT_TRUE(link.connected());
  EXPECT_EQ(listener.served, 1);
  EXPECT_EQ(transport.written, std::vector{CommandOf({"PING"})});
  EXPECT_EQ(link.unwritten(), 0U);
  EXPECT_EQ(link.bytes_written(), link.bytes_appended());
}

TEST_F(LinkStreamTest, RepliesAreThoseOfTheCommandsWhereverTheBytesAreCut) {
  transport.stream->Connect();
  link.Append(CommandOf({"GET", "a"}) + CommandOf({"PTTL", "a"}), 2, 7, Now());
  link.Append(CommandOf({"GET", "b"}), 1, 8, Now());
  link.Flush();
  for (const char byte : Bulk("one") + Integer(5) + Bulk("two")) {
    transport.stream->Receive({&byte, 1});
  }
  EXPECT_EQ(listener.told, (std::vector<std::string>{"7 $one", "7 :5", "8 $two"}));
  EXPECT_EQ(link.unanswered(), 0U);
  EXPECT_FALSE(link.failure());
}

TEST_F(LinkStreamTest, TheStreamsErrorIsTheLinks) {
  transport.stream->Break(Broken());
  ASSERT_TRUE(link.failure());
  EXPECT_EQ(link.failure()->message, "certificate has expired");
  EXPECT_FALSE(link.connected());
  EXPECT_FALSE(link.Append(CommandOf({"PING"}), 1, 7, Now()));
}

TEST_F(LinkStreamTest, TheFirstErrorIsTheOneThatCounts) {
  transport.stream->Connect();
  transport.stream->Receive("+surplus\r\n");
  ASSERT_TRUE(link.failure());
  EXPECT_EQ(link.failure()->code, ErrorCode::kProtocol);
  transport.stream->Break(Broken());
  EXPECT_EQ(link.failure()->code, ErrorCode::kProtocol);
}

}  // namespace
}  // namespace connect_hiredis::test
