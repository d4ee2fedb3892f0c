// What only a stream on its own can be shown: sockets that others meddle with.
#include "loop/socket_stream.h"

#include <array>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loop_test.h"

namespace connect_hiredis::test {
namespace {

class ReadingListener final : public StreamListener {
 public:
  void OnBeforeRead() override {}
  bool OnBytes(std::string_view bytes) override {
    read.append(bytes);
    return true;
  }
  void OnServed() override {}

  std::string read;
};

class SocketStreamTest : public LoopTest {
 protected:
  void TearDown() override {
    stream.reset();
    EXPECT_TRUE(RunUntil([&] { return barrier->held() == 0; }));
    if (ends[1] >= 0) close(ends[1]);
    LoopTest::TearDown();
  }

  // Over the first of the ends, which it closes.
  void Create() {
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    stream = std::make_unique<SocketStream>(EventLoop{loop(), barrier}, Socket(ends[0]), "here", 7,
                                            &listener);
    ASSERT_FALSE(stream->failure());
  }

  // The peer says "bye" and shuts its end, as `how` says; what is written to it then fails.
  void WriteToPeerThatLeft(int how) {
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    ASSERT_NO_FATAL_FAILURE(Create());
    ASSERT_TRUE(RunUntil([&] { return stream->connected(); }));
    ASSERT_EQ(write(ends[1], "bye", 3), 3);
    ASSERT_EQ(shutdown(ends[1], how), 0);
    stream->Append("x");
    stream->Flush();
    EXPECT_FALSE(stream->failure());
  }

  [[nodiscard]] std::string Failure() const {
    return stream->failure() ? stream->failure()->message : "";
  }

  std::array<int, 2> ends{-1, -1};
  std::shared_ptr<CloseBarrier> barrier = std::make_shared<CloseBarrier>();
  ReadingListener listener;
  std::unique_ptr<SocketStream> stream;
};

TEST_F(SocketStreamTest, WhatIsNoSocketDoesNotCountAsConnected) {
  ASSERT_EQ(pipe(ends.data()), 0);
  std::swap(ends[0], ends[1]);  // the one that can be written
  ASSERT_NO_FATAL_FAILURE(Create());
  ASSERT_TRUE(RunUntil([&] { return stream->failure() || stream->connected(); }));
  EXPECT_EQ(Failure(), "connect ENOTSOCK here:7");
  EXPECT_FALSE(stream->connected());
}

TEST_F(SocketStreamTest, WhatABrokenConnectionHadToSayIsReadBeforeItIsCalledBroken) {
  ASSERT_NO_FATAL_FAILURE(WriteToPeerThatLeft(SHUT_RD));
  ASSERT_TRUE(RunUntil([&] { return stream->failure().has_value(); }));
  EXPECT_EQ(Failure(), "write EPIPE here:7");
  EXPECT_EQ(listener.read, "bye");
}

TEST_F(SocketStreamTest, WhatSomebodyElseHasReadIsNotWaitedFor) {
  ASSERT_NO_FATAL_FAILURE(WriteToPeerThatLeft(SHUT_RDWR));
  // As a child process might that has inherited the socket.
  std::array<char, 16> others{};
  ASSERT_EQ(read(ends[0], others.data(), others.size()), 3);
  ASSERT_TRUE(RunUntil([&] { return stream->failure().has_value(); }));
  EXPECT_EQ(Failure(), "write EPIPE here:7") << "the first error is the one to be told";
  EXPECT_EQ(listener.read, "");
}

}  // namespace
}  // namespace connect_hiredis::test
