// Bytes of any kind as replies from Redis, read in pieces of any size: they mean the same however
// they were cut, and everything that the core does with a reply is done with each.
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fuzzer/FuzzedDataProvider.h>
#include <hiredis/hiredis.h>

#include "protocol/reply.h"
#include "protocol/reply_arena.h"
#include "require.h"
#include "session/fetch.h"

namespace connect_hiredis::fuzz {
namespace {

constexpr std::size_t kMaxErrorText = 200;

void CheckError(std::string_view text) {
  const Error error = MakeReplyError(text);
  const auto is_printable = [](unsigned char letter) { return std::isprint(letter) != 0; };
  Require(std::all_of(error.message.begin(), error.message.end(), is_printable),
          "an error's message has printable characters alone");
  Require(error.message.size() <= kMaxErrorText, "an error's message is bounded");
  Require(error.message.find_first_of("`\"") == std::string::npos, "an error quotes nothing");
  Require(error.reply.size() <= kMaxErrorText && text.starts_with(error.reply),
          "an error's first word is that of the reply");
}

// Reads all of it.
std::string Describe(const Reply& reply) {
  const std::string text(reply.text());
  switch (reply.type()) {
    case Reply::Type::kString:
      return "$" + text;
    case Reply::Type::kStatus:
      return "+" + text;
    case Reply::Type::kError:
      CheckError(text);
      return "-" + text;
    case Reply::Type::kInteger:
      return ":" + std::to_string(reply.integer());
    case Reply::Type::kNil:
      return "nil";
    case Reply::Type::kOther:
      return "other " + text;
    case Reply::Type::kArray:
      break;
  }
  std::string description = "[";
  for (std::size_t index = 0; index < reply.size(); ++index) {
    description += Describe(reply[index]) + " ";
  }
  return description + "]";
}

// What was read of a stream, and why no more was.
struct Reading {
  std::vector<std::string> replies;
  std::string error;
  bool operator==(const Reading&) const = default;
};

// hiredis' reader with an arena, as a link has them; and a request of several commands, whose
// replies are held until all are there, as a connection has it.
class Stream {
 public:
  explicit Stream(std::size_t commands)
      : commands_(commands), reader_(redisReaderCreateWithFunctions(nullptr)) {
    arena_.Attach(reader_.get());
    for (std::size_t key = 0; key < commands; ++key) keys_.push_back("p" + std::to_string(key));
  }

  void Feed(std::string_view bytes) {
    if (!reading_.error.empty()) return;
    if (reader_->reply == nullptr && held_.empty()) arena_.Reset();
    redisReaderFeed(reader_.get(), bytes.data(), bytes.size());
    for (;;) {
      void* reply = nullptr;
      if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
        reading_.error = reader_->errstr;
        return;
      }
      if (reply == nullptr) return;
      Take(Reply(static_cast<const redisReply*>(reply)));
    }
  }

  [[nodiscard]] const Reading& reading() const { return reading_; }

 private:
  struct Free {
    void operator()(redisReader* reader) const { redisReaderFree(reader); }
  };

  void Take(const Reply& reply) {
    reading_.replies.push_back(Describe(reply));
    held_.push_back(reply);
    if (held_.size() < commands_) return;
    const auto found = ReadFetch(held_, keys_, 1);
    if (found) {
      Require(found->size() <= keys_.size(), "a session is found once");
      for (const StoredValue& value : *found) {
        const auto key = "p" + value.id;
        Require(std::find(keys_.begin(), keys_.end(), key) != keys_.end(), "it was asked for");
        reading_.replies.push_back("found " + value.id + " " + std::string(value.value));
      }
    }
    held_.clear();
  }

  std::size_t commands_;
  std::vector<std::string> keys_;
  std::vector<Reply> held_;
  Reading reading_;
  ReplyArena arena_;  // outlives the reader
  std::unique_ptr<redisReader, Free> reader_;
};

void Run(FuzzedDataProvider& data) {
  const auto commands = data.ConsumeIntegralInRange<std::size_t>(1, 5);
  Stream whole(commands);
  Stream cut(commands);
  std::string bytes;
  while (data.remaining_bytes() > 0) {
    const std::string piece =
        data.ConsumeBytesAsString(data.ConsumeIntegralInRange<std::size_t>(1, 64));
    cut.Feed(piece);
    bytes += piece;
  }
  whole.Feed(bytes);
  Require(whole.reading() == cut.reading(), "replies do not depend on where they were cut");
}

}  // namespace
}  // namespace connect_hiredis::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  connect_hiredis::fuzz::Run(data);
  return 0;
}
