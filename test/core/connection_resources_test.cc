// What the machine has none left of while a connection is made: an error that passes.
#include <array>

#include <gtest/gtest.h>
#include <hiredis/alloc.h>
#include <unistd.h>

#include "support/connection_test.h"

namespace connect_hiredis::test {
namespace {

// While it lives, hiredis gets no memory.
class NoMemoryForHiredis {
 public:
  NoMemoryForHiredis() {
    hiredisAllocFuncs none = hiredisAllocFns;
    none.callocFn = [](std::size_t, std::size_t) -> void* { return nullptr; };
    hiredisSetAllocators(&none);
  }
  NoMemoryForHiredis(const NoMemoryForHiredis&) = delete;
  NoMemoryForHiredis& operator=(const NoMemoryForHiredis&) = delete;
  ~NoMemoryForHiredis() { hiredisResetAllocators(); }
};

class ConnectionResourcesTest : public ConnectionTest {
 protected:
  uv_poll_t watch{};
};

TEST_F(ConnectionResourcesTest, WithoutMemoryForAReaderItTriesAgain) {
  ASSERT_TRUE(server.ListenOnTcp());
  {
    const NoMemoryForHiredis none;
    Open();
  }
  ASSERT_EQ(observer.errors.size(), 1U);
  EXPECT_EQ(Describe(observer.errors[0]), "system ENOMEM");
  EXPECT_EQ(observer.errors[0].syscall, "connect");
  EXPECT_EQ(observer.errors[0].port, server.port());
  EXPECT_TRUE(RunUntilReady());
}

TEST_F(ConnectionResourcesTest, ASocketThatTheLoopCannotWatchIsReplaced) {
  ASSERT_TRUE(server.ListenOnSocket());
  // libuv watches no number twice, and the next socket has that of the descriptor that was closed
  // last: closed while it is watched, it spoils the number.
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  ASSERT_EQ(uv_poll_init(loop(), &watch, ends[0]), 0);
  ASSERT_EQ(uv_poll_start(&watch, UV_READABLE, [](uv_poll_t*, int, int) {}), 0);
  close(ends[0]);
  Open();
  uv_close(reinterpret_cast<uv_handle_t*>(&watch), nullptr);
  close(ends[1]);
  ASSERT_EQ(observer.errors.size(), 1U);
  EXPECT_EQ(Describe(observer.errors[0]), "system EEXIST");
  EXPECT_EQ(observer.errors[0].syscall, "poll");
  EXPECT_EQ(observer.errors[0].address, server.socket_path());
  EXPECT_TRUE(RunUntilReady());
}

}  // namespace
}  // namespace connect_hiredis::test
