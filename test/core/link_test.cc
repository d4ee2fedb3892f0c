// What a link keeps of what it has read.
#include "connection/link.h"

#include <gtest/gtest.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

// Holds the replies to a command until both are there.
class PairListener final : public LinkListener {
 public:
  void OnReply(CommandId /*id*/, const Reply& reply) override { replies.push_back(reply); }
  [[nodiscard]] bool HoldsReplies() const override { return replies.size() % 2 == 1; }
  void OnLinkServed() override {}

  std::vector<Reply> replies;
};

constexpr std::size_t kMebibyte = 1024UL * 1024;

class LinkTest : public ConnectionTest {
 protected:
  // A link that has asked for pairs of replies; nothing is answered by itself.
  void Ask(std::size_t pairs) {
    server.on_command = [](Peer&, const Words&) {};
    ASSERT_TRUE(server.ListenOnTcp());
    SocketTransport transport({loop(), barrier});
    link = std::make_unique<Link>(&transport, Endpoint{"127.0.0.1", server.port(), {}}, &listener);
    ASSERT_TRUE(RunUntil([&] { return link->connected(); }));
    for (std::size_t pair = 0; pair < pairs; ++pair) {
      link->Append(CommandOf({"GET", "a"}) + CommandOf({"PTTL", "a"}), 2, pair, Now());
    }
    link->Flush();
    ASSERT_TRUE(RunUntil([&] { return server.Count("PTTL") == pairs; }));
  }

  // Until the link has read all that was sent.
  bool SendAndRead(const std::string& bytes) {
    sent += bytes.size();
    server.peer(0).Send(bytes);
    return RunUntil([&] { return link->bytes_read() == sent; });
  }

  void TearDown() override {
    link.reset();
    EXPECT_TRUE(RunUntil([&] { return barrier->held() == 0; }));
    ConnectionTest::TearDown();
  }

  std::shared_ptr<CloseBarrier> barrier = std::make_shared<CloseBarrier>();
  PairListener listener;
  std::unique_ptr<Link> link;
  std::size_t sent = 0;
};

TEST_F(LinkTest, PushesBehindHalfAnAnswerTakeNoMemory) {
  ASSERT_NO_FATAL_FAILURE(Ask(1));
  ASSERT_TRUE(SendAndRead(Bulk("value")));
  std::string pushes;
  while (pushes.size() < 256UL * 1024) pushes += ">0\r\n>2\r\n+invalidate\r\n*1\r\n$1\r\na\r\n";
  const std::string large = ">2\r\n+message\r\n" + Bulk(std::string(100'000, 'x'));
  for (int round = 0; round < 40; ++round) ASSERT_TRUE(SendAndRead(pushes + large));
  EXPECT_LT(link->held(), kMebibyte);
  ASSERT_TRUE(SendAndRead(Integer(5)));
  ASSERT_EQ(listener.replies.size(), 2U);
  EXPECT_EQ(listener.replies[0].text(), "value");
  EXPECT_EQ(listener.replies[1].integer(), 5);
}

TEST_F(LinkTest, OnlyTheAnswersToOneCommandAreKept) {
  constexpr std::size_t kPairs = 100;
  constexpr std::size_t kSize = 100'000;
  ASSERT_NO_FATAL_FAILURE(Ask(kPairs));
  // Each read ends between the two replies to a command.
  const std::string value = Bulk(std::string(kSize, 'x'));
  ASSERT_TRUE(SendAndRead(value));
  for (std::size_t pair = 1; pair < kPairs; ++pair) {
    ASSERT_TRUE(SendAndRead(Integer(5) + value));
    EXPECT_LT(link->held(), kMebibyte);
    EXPECT_EQ(listener.replies.back().text().size(), kSize);
  }
  ASSERT_TRUE(SendAndRead(Integer(5)));
  EXPECT_EQ(listener.replies.size(), 2 * kPairs);
  EXPECT_FALSE(link->failure());
}

TEST_F(LinkTest, AnArrayIsKeptWhileItComesAndNothingOfWhatCameBefore) {
  ASSERT_NO_FATAL_FAILURE(Ask(2));
  const std::string value = Bulk(std::string(kMebibyte, 'x'));
  ASSERT_TRUE(SendAndRead(Array({value, value, value}) + Integer(5) + "*3\r\n" + Bulk("first")));
  ASSERT_TRUE(SendAndRead(Bulk("second")));
  EXPECT_LT(link->held(), kMebibyte);
  ASSERT_TRUE(SendAndRead(Bulk("third")));
  const Reply& array = listener.replies.back();
  EXPECT_EQ(Describe(array), "[$first $second $third]");
}

}  // namespace
}  // namespace connect_hiredis::test
