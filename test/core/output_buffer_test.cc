#include "loop/output_buffer.h"

#include <gtest/gtest.h>

namespace connect_hiredis {
namespace {

TEST(OutputBuffer, GivesWhatWasAppendedAsFarAsItIsNotTaken) {
  OutputBuffer buffer;
  EXPECT_TRUE(buffer.empty());
  buffer.Append("abc");
  buffer.Append("def");
  EXPECT_EQ(buffer.left(), "abcdef");
  buffer.Take(4);
  EXPECT_EQ(buffer.left(), "ef");
  EXPECT_EQ(buffer.size(), 2U);
  buffer.Append("g");
  EXPECT_EQ(buffer.left(), "efg");
  buffer.Take(3);
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.left(), "");
  buffer.Append("h");
  EXPECT_EQ(buffer.left(), "h");
}

TEST(OutputBuffer, OfALongRestNothingIsLostWhenWhatIsTakenIsDropped) {
  constexpr std::size_t kSize = 5UL * 1024 * 1024;
  std::string bytes(kSize, 'x');
  for (std::size_t index = 0; index < kSize; index += 1000) bytes[index] = 'y';
  OutputBuffer buffer;
  buffer.Append(bytes);
  for (std::size_t taken = 0; taken < kSize;) {
    ASSERT_EQ(buffer.left(), std::string_view(bytes).substr(taken));
    const std::size_t count = std::min<std::size_t>(700'000, kSize - taken);
    buffer.Take(count);
    taken += count;
  }
  EXPECT_TRUE(buffer.empty());
}

}  // namespace
}  // namespace connect_hiredis
