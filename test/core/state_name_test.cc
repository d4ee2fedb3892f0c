#include <gtest/gtest.h>

#include "connection/connection.h"

namespace connect_hiredis::test {
namespace {

TEST(StateNameTest, EachStateHasItsName) {
  using enum Connection::State;
  EXPECT_STREQ(NameOf(kIdle), "idle");
  EXPECT_STREQ(NameOf(kResolving), "resolving");
  EXPECT_STREQ(NameOf(kConnecting), "connecting");
  EXPECT_STREQ(NameOf(kHandshaking), "handshaking");
  EXPECT_STREQ(NameOf(kReady), "ready");
  EXPECT_STREQ(NameOf(kBackoff), "backoff");
  EXPECT_STREQ(NameOf(kClosing), "closing");
  EXPECT_STREQ(NameOf(kClosed), "closed");
}

}  // namespace
}  // namespace connect_hiredis::test
