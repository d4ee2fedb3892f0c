#include "protocol/reply.h"

#include <gtest/gtest.h>

#include "support/recorders.h"
#include "support/reply_reader.h"
#include "support/resp.h"

namespace connect_hiredis {
namespace {

using std::string_literals::operator""s;
using test::Describe;
using test::ReplyReader;

class ReplyTest : public ::testing::Test {
 protected:
  Reply Read(std::string_view bytes) {
    reader_.Feed(bytes);
    const auto reply = reader_.Next();
    EXPECT_TRUE(reply.has_value()) << bytes;
    return reply.value_or(Reply(nullptr));
  }

 private:
  ReplyReader reader_;
};

TEST_F(ReplyTest, EachKindOfRespIsTold) {
  EXPECT_EQ(Read("$2\r\nab\r\n").type(), Reply::Type::kString);
  EXPECT_EQ(Read("+OK\r\n").type(), Reply::Type::kStatus);
  EXPECT_EQ(Read("-ERR x\r\n").type(), Reply::Type::kError);
  EXPECT_EQ(Read(":1\r\n").type(), Reply::Type::kInteger);
  EXPECT_EQ(Read("$-1\r\n").type(), Reply::Type::kNil);
  EXPECT_EQ(Read("*-1\r\n").type(), Reply::Type::kNil);
  EXPECT_EQ(Read("*0\r\n").type(), Reply::Type::kArray);
}

TEST_F(ReplyTest, WhatRespTwoDoesNotKnowIsOther) {
  EXPECT_EQ(Read(",1.5\r\n").type(), Reply::Type::kOther);
  EXPECT_EQ(Read("#t\r\n").type(), Reply::Type::kOther);
  EXPECT_EQ(Read("%1\r\n+a\r\n:1\r\n").type(), Reply::Type::kOther);
  EXPECT_EQ(Read("~1\r\n+a\r\n").type(), Reply::Type::kOther);
  EXPECT_EQ(Read("(12345678901234567890\r\n").type(), Reply::Type::kOther);
}

TEST_F(ReplyTest, AVerbatimStringIsAStringWithoutItsContentType) {
  EXPECT_EQ(Describe(Read("=6\r\ntxt:ab\r\n")), "$ab");
}

TEST_F(ReplyTest, TextIsBinarySafe) {
  EXPECT_EQ(Read("$5\r\na\r\n\0b\r\n"s).text(), "a\r\n\0b"s);
  EXPECT_EQ(Read("$0\r\n\r\n").text(), "");
}

TEST_F(ReplyTest, IntegersKeepTheirSign) {
  EXPECT_EQ(Read(":-2\r\n").integer(), -2);
  EXPECT_EQ(Read(":9223372036854775807\r\n").integer(), INT64_MAX);
  EXPECT_EQ(Read(":-9223372036854775808\r\n").integer(), INT64_MIN);
}

TEST_F(ReplyTest, ArraysMayHoldArraysAndEveryOtherKind) {
  EXPECT_EQ(Describe(Read("*3\r\n$1\r\n0\r\n*3\r\n$1\r\na\r\n$-1\r\n:7\r\n*0\r\n")),
            "[$0 [$a nil :7] []]");
}

TEST_F(ReplyTest, WhatAReplyDoesNotHaveIsEmpty) {
  const Reply integer = Read(":1\r\n");
  EXPECT_EQ(integer.text(), "");
  EXPECT_EQ(integer.size(), 0U);
  const Reply string = Read("$1\r\n7\r\n");
  EXPECT_EQ(string.integer(), 0);
  EXPECT_EQ(string.size(), 0U);
  const Reply nil = Read("*-1\r\n");
  EXPECT_EQ(nil.text(), "");
  EXPECT_EQ(nil.size(), 0U);
}

// ---- Errors ----

TEST(MakeReplyError, NamesTheFirstWord) {
  const Error error =
      MakeReplyError("WRONGTYPE Operation against a key holding the wrong kind of value");
  EXPECT_EQ(error.code, ErrorCode::kReply);
  EXPECT_EQ(error.reply, "WRONGTYPE");
  EXPECT_EQ(error.message,
            "Redis replied: WRONGTYPE Operation against a key holding the wrong kind of value");
}

TEST(MakeReplyError, OneWordAloneIsEnough) {
  EXPECT_EQ(MakeReplyError("NOAUTH").reply, "NOAUTH");
  EXPECT_EQ(MakeReplyError("NOAUTH").message, "Redis replied: NOAUTH");
  EXPECT_EQ(MakeReplyError("").reply, "");
}

TEST(MakeReplyError, QuotedKeysAndArgumentsAreCutOff) {
  for (const std::string_view text : {
           "ERR unknown command 'FOO', with args beginning with: 'secret' ",
           "ERR unknown command `FOO`, with args beginning with: `secret`, ",
           "ERR unknown subcommand \"secret\". Try CLIENT HELP.",
           "ERR unknown command, with args beginning with: secret",
           "ERR bad argument\r\nsecret",
           "ERR bad argument\nsecret",
       }) {
    const Error error = MakeReplyError(text);
    EXPECT_EQ(error.reply, "ERR");
    EXPECT_EQ(error.message.find("secret"), std::string::npos) << error.message;
    EXPECT_TRUE(error.message.starts_with("Redis replied: ERR ")) << error.message;
    EXPECT_NE(error.message.back(), ' ');
  }
}

TEST(MakeReplyError, QuotedNamesOfCommandsAreKept) {
  for (const std::string_view text : {
           "NOPERM User ann has no permissions to run the 'scan' command",
           "NOPERM this user has no permissions to run the 'SCAN' command or its subcommand",
           "NOPERM User ann has no permissions to run the 'client|setname' command",
           "ERR wrong number of arguments for 'get' command",
       }) {
    EXPECT_EQ(MakeReplyError(text).message, "Redis replied: " + std::string(text));
  }
  EXPECT_EQ(
      MakeReplyError("ERR unknown command 'MGET', with args beginning with: 'secret'").message,
      "Redis replied: ERR unknown command 'MGET'");
  EXPECT_EQ(MakeReplyError("ERR unknown command 'get' 'secret'").message,
            "Redis replied: ERR unknown command 'get'");
}

TEST(MakeReplyError, AQuotationThatOnlyLooksLikeACommandIsCutOff) {
  for (const std::string_view text : {
           "ERR 'get secret'",
           "ERR 'client|secret'",
           "ERR 'get|",
           "ERR '' secret",
           "ERR 'get' 'secret",
           "ERR `get' secret`",
       }) {
    EXPECT_EQ(MakeReplyError(text).message.find("secret"), std::string::npos) << text;
  }
}

TEST(MakeReplyError, LongTextIsCutBetweenTwoWords) {
  std::string text = "ERR";
  while (text.size() < 400) text += " word";
  const std::string message = MakeReplyError(text).message;
  EXPECT_LT(message.size(), 200U);
  EXPECT_TRUE(message.ends_with(" word")) << message;
}

TEST(MakeReplyError, AnApostropheBeginsNoQuotation) {
  EXPECT_EQ(MakeReplyError("READONLY You can't write against a read only replica.").message,
            "Redis replied: READONLY You can't write against a read only replica.");
  EXPECT_EQ(MakeReplyError("ERR You can't use 'secret'").message,
            "Redis replied: ERR You can't use");
}

TEST(MakeReplyError, NeitherDoesTheFirstWordQuoteThem) {
  EXPECT_EQ(MakeReplyError("'secret'").reply.find("secret"), std::string::npos);
  EXPECT_EQ(MakeReplyError("ERR:\"secret\" is wrong").reply.find("secret"), std::string::npos);
  EXPECT_EQ(MakeReplyError("ERR\r\nsecret").reply.find("secret"), std::string::npos);
}

TEST(MakeReplyError, UnprintableBytesBecomeQuestionMarks) {
  EXPECT_EQ(MakeReplyError("ERR a\x1b[31m\x80\0z"s).message, "Redis replied: ERR a?[31m??z");
  EXPECT_EQ(MakeReplyError("ER\x1bR a").reply.find('\x1b'), std::string::npos);
}

TEST(MakeReplyError, EndlessTextIsCut) {
  const Error error = MakeReplyError("ERR " + std::string(100'000, 'x'));
  EXPECT_LT(error.message.size(), 200U);
  EXPECT_LT(MakeReplyError(std::string(100'000, 'X')).reply.size(), 200U);
}

TEST(MakeUnexpectedReplyError, IsAProtocolError) {
  EXPECT_EQ(MakeUnexpectedReplyError().code, ErrorCode::kProtocol);
}

}  // namespace
}  // namespace connect_hiredis
