#include "protocol/foreign_protocol.h"

#include <gtest/gtest.h>

namespace connect_hiredis {
namespace {

using std::string_view_literals::operator""sv;

TEST(ForeignProtocol, ATlsAlertOrHandshakeIsNamed) {
  EXPECT_NE(DescribeForeignProtocol("\x15\x03\x01\x00\x02\x02\x46"sv).find("TLS"),
            std::string_view::npos);
  EXPECT_NE(DescribeForeignProtocol("\x16\x03\x03"sv).find("TLS"), std::string_view::npos);
}

TEST(ForeignProtocol, AStatusLineOfHttpIsNamed) {
  EXPECT_NE(DescribeForeignProtocol("HTTP/1.1 400 Bad Request\r\n").find("HTTP"),
            std::string_view::npos);
}

TEST(ForeignProtocol, WhatIsNotKnownIsNotNamed) {
  for (const std::string_view first :
       {""sv, "H"sv, "HTTP"sv, "\x15"sv, "\x15\x02"sv, "\x17\x03"sv, "+OK\r\n"sv, "SSH-2.0"sv}) {
    EXPECT_EQ(DescribeForeignProtocol(first), "") << first;
  }
}

}  // namespace
}  // namespace connect_hiredis
