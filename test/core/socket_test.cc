// What a socket says before anybody watches it.
#include "loop/socket.h"

#include <array>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace connect_hiredis {
namespace {

TEST(Socket, APathThatIsTooLongIsRefused) {
  const auto opened = Socket::Connect("/" + std::string(200, 'x'), 0);
  EXPECT_FALSE(opened.socket);
  EXPECT_EQ(opened.system_error, UV_ENAMETOOLONG);
}

TEST(Socket, SoIsAPathWhereNobodyListens) {
  EXPECT_EQ(Socket::Connect("/nowhere/redis.sock", 0).system_error, UV_ENOENT);
}

TEST(Socket, WhatIsNoNumericAddressIsInvalid) {
  for (const char* address : {"localhost", "1.2.3", "::zz", ""}) {
    EXPECT_EQ(Socket::Connect(address, 1).system_error, UV_EINVAL) << address;
  }
}

TEST(Socket, NeitherBlocksNorIsInherited) {
  const auto opened = Socket::Connect("127.0.0.1", 1);
  if (!opened.socket) GTEST_SKIP() << "refused at once";
  EXPECT_NE(fcntl(opened.socket.handle(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(opened.socket.handle(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Socket, ClosesWhatItOwnsOnce) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  const Socket peer(ends[1]);
  std::array<char, 8> bytes{};
  {
    Socket first(ends[0]);
    Socket second = std::move(first);
    EXPECT_EQ(second.Send("ab"), 2);
    EXPECT_EQ(peer.CountReadable(), 2U);
    EXPECT_EQ(peer.Receive(bytes.data(), bytes.size()), 2);
    EXPECT_EQ(peer.Receive(bytes.data(), bytes.size()), UV_EAGAIN);
    first = std::move(second);
    EXPECT_TRUE(first);
    EXPECT_EQ(first.TakeError(), 0);
  }
  EXPECT_EQ(peer.Receive(bytes.data(), bytes.size()), 0) << "the peer has closed it";
  EXPECT_EQ(peer.Send("c"), UV_EPIPE);
}

TEST(Socket, WithoutADescriptorLeftItSaysSo) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  rlimit none = limit;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const int system_error = Socket::Connect("127.0.0.1", 1).system_error;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(system_error, UV_EMFILE);
}

TEST(Socket, WhatIsNoSocketIsAnError) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const Socket reader(ends[0]);
  const Socket writer(ends[1]);
  EXPECT_EQ(writer.TakeError(), UV_ENOTSOCK);
  EXPECT_EQ(writer.Send("a"), UV_ENOTSOCK);
}

TEST(Socket, OfOneThatIsClosedNothingCanBeRead) {
  const Socket none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.CountReadable(), 0U);
}

}  // namespace
}  // namespace connect_hiredis
