#include "connection/client_identity.h"

#include <gtest/gtest.h>

namespace connect_hiredis {
namespace {

TEST(ClientIdentity, IsWhatRedisSays) {
  const auto identity = ReadClientIdentity(
      "id=12 addr=127.0.0.1:40118 laddr=127.0.0.1:6379 fd=8 name= age=0 idle=0 flags=N db=0\n");
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->id, 12U);
  EXPECT_EQ(identity->address, "127.0.0.1:40118");
  EXPECT_EQ(identity->local_address, "127.0.0.1:6379");
}

TEST(ClientIdentity, TheFieldsAreFoundInAnyOrder) {
  const auto identity = ReadClientIdentity("laddr=[::1]:6379 name=id=9 id=3 addr=[::1]:50000");
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->id, 3U);
  EXPECT_EQ(identity->address, "[::1]:50000");
  EXPECT_EQ(identity->local_address, "[::1]:6379");
}

TEST(ClientIdentity, AUnixSocketIsNone) {
  EXPECT_FALSE(ReadClientIdentity("id=3 addr=/tmp/redis.sock:0 laddr=/tmp/redis.sock:0 fd=8"));
}

TEST(ClientIdentity, WhatIsNoIdentityIsNone) {
  const std::string large(1000, '1');
  for (const std::string& info :
       {std::string(), std::string("OK"), std::string("id=3"), std::string("id=3 addr=a:1"),
        std::string("addr=a:1 laddr=b:2"), std::string("id=x addr=a:1 laddr=b:2"),
        std::string("id=-1 addr=a:1 laddr=b:2"), std::string("id=3x addr=a:1 laddr=b:2"),
        std::string("id= addr=a:1 laddr=b:2"), "id=" + large + " addr=a:1 laddr=b:2",
        "id=3 addr=" + large + ":1 laddr=b:2", std::string("id=3 addr= laddr=b:2")}) {
    EXPECT_FALSE(ReadClientIdentity(info)) << info;
  }
}

}  // namespace
}  // namespace connect_hiredis
