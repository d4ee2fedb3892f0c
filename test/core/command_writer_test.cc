#include "protocol/command_writer.h"

#include <limits>

#include <gtest/gtest.h>

namespace connect_hiredis {
namespace {

using std::string_literals::operator""s;

TEST(CommandWriter, WritesAnArrayOfBulkStrings) {
  std::string wire;
  CommandWriter(wire).Begin(3).Add("SET").Add("key").Add("");
  EXPECT_EQ(wire, "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$0\r\n\r\n");
}

TEST(CommandWriter, AppendsToWhatIsThere) {
  std::string wire = "*1\r\n$4\r\nPING\r\n";
  CommandWriter(wire).Begin(1).Add("TIME");
  EXPECT_EQ(wire, "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nTIME\r\n");
}

TEST(CommandWriter, ArgumentsMayHoldAnyBytes) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  std::string wire;
  CommandWriter(wire).Begin(2).Add("a\r\n\0b"s).Add(all);
  EXPECT_EQ(wire, "*2\r\n$5\r\na\r\n\0b\r\n$256\r\n"s + all + "\r\n");
}

TEST(CommandWriter, NumbersAreBulkStringsOfDecimalDigits) {
  std::string wire;
  CommandWriter(wire)
      .Begin(4)
      .Add(std::int64_t{0})
      .Add(std::int64_t{-1})
      .Add(std::numeric_limits<std::int64_t>::max())
      .Add(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(wire,
            "*4\r\n$1\r\n0\r\n$2\r\n-1\r\n$19\r\n9223372036854775807\r\n"
            "$20\r\n-9223372036854775808\r\n");
}

TEST(CommandWriter, AKeyInTwoPartsIsOneArgument) {
  std::string wire;
  CommandWriter(wire).Begin(3).AddKey("sess:", "id").AddKey("", "x").AddKey("p\0"s, "");
  EXPECT_EQ(wire, "*3\r\n$7\r\nsess:id\r\n$1\r\nx\r\n$2\r\np\0\r\n"s);
}

TEST(CommandWriter, LongArgumentsAreMeasuredInBytes) {
  const std::string text(1'000'000, 'x');
  std::string wire;
  CommandWriter(wire).Begin(1).Add(text);
  EXPECT_EQ(wire, "*1\r\n$1000000\r\n" + text + "\r\n");
}

TEST(CommandWriter, TheLargestCountFits) {
  std::string wire;
  CommandWriter(wire).Begin(std::numeric_limits<std::size_t>::max());
  EXPECT_EQ(wire, "*18446744073709551615\r\n");
}

}  // namespace
}  // namespace connect_hiredis
