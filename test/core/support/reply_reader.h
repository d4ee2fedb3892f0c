// hiredis' reader with an arena, as a link has them, without a socket.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <hiredis/hiredis.h>

#include "protocol/reply.h"
#include "protocol/reply_arena.h"

namespace connect_hiredis::test {

class ReplyReader {
 public:
  ReplyReader() : reader_(redisReaderCreateWithFunctions(nullptr)) { arena.Attach(reader_.get()); }

  void Feed(std::string_view bytes) { redisReaderFeed(reader_.get(), bytes.data(), bytes.size()); }

  // The next complete reply, valid until the arena is reset.
  std::optional<Reply> Next() {
    void* reply = nullptr;
    if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK || reply == nullptr) return {};
    return Reply(static_cast<const redisReply*>(reply));
  }

  [[nodiscard]] bool failed() const { return reader_->err != 0; }

  ReplyArena arena;  // outlives the reader

 private:
  struct Free {
    void operator()(redisReader* reader) const { redisReaderFree(reader); }
  };
  std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace connect_hiredis::test
