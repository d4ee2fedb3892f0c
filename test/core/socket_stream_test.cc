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
    for (const int descriptor : ends) close(descriptor);
    LoopTest::TearDown();
  }

  void Create(int descriptor) {
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    stream = SocketStream::Create({loop(), barrier}, descriptor, &listener);
    ASSERT_NE(stream, nullptr);
  }

  std::array<int, 2> ends{-1, -1};
  std::shared_ptr<CloseBarrier> barrier = std::make_shared<CloseBarrier>();
  ReadingListener listener;
  std::unique_ptr<SocketStream> stream;
};

TEST_F(SocketStreamTest, WhatIsNoSocketDoesNotCountAsConnected) {
  ASSERT_EQ(pipe(ends.data()), 0);
  ASSERT_NO_FATAL_FAILURE(Create(ends[1]));
  ASSERT_TRUE(RunUntil([&] { return stream->broken() || stream->connected(); }));
  EXPECT_EQ(stream->system_error(), UV_ENOTSOCK);
  EXPECT_STREQ(stream->failed_call(), "connect");
  EXPECT_FALSE(stream->connected());
}

TEST_F(SocketStreamTest, WhatABrokenConnectionHadToSayIsReadBeforeItIsCalledBroken) {
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  ASSERT_NO_FATAL_FAILURE(Create(ends[0]));
  ASSERT_TRUE(RunUntil([&] { return stream->connected(); }));
  ASSERT_EQ(write(ends[1], "bye", 3), 3);
  ASSERT_EQ(shutdown(ends[1], SHUT_RD), 0);
  stream->Append("x");
  stream->Flush();
  EXPECT_FALSE(stream->broken());
  ASSERT_TRUE(RunUntil([&] { return stream->broken(); }));
  EXPECT_EQ(stream->system_error(), UV_EPIPE);
  EXPECT_STREQ(stream->failed_call(), "write");
  EXPECT_EQ(listener.read, "bye");
}

TEST_F(SocketStreamTest, WhatSomebodyElseHasReadIsNotWaitedFor) {
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  ASSERT_NO_FATAL_FAILURE(Create(ends[0]));
  ASSERT_TRUE(RunUntil([&] { return stream->connected(); }));
  ASSERT_EQ(write(ends[1], "bye", 3), 3);
  ASSERT_EQ(shutdown(ends[1], SHUT_RDWR), 0);
  stream->Append("x");
  stream->Flush();
  EXPECT_FALSE(stream->broken());
  // As a child process might that has inherited the socket.
  std::array<char, 16> others{};
  ASSERT_EQ(read(ends[0], others.data(), others.size()), 3);
  ASSERT_TRUE(RunUntil([&] { return stream->broken(); }));
  EXPECT_EQ(stream->system_error(), UV_EPIPE) << "the first error is the one to be told";
  EXPECT_STREQ(stream->failed_call(), "write");
  EXPECT_EQ(listener.read, "");
}

}  // namespace
}  // namespace connect_hiredis::test
