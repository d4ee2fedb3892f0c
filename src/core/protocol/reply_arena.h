// Memory for replies: hiredis' reader builds them here instead of calling malloc for each
// string, and all are dropped together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <hiredis/read.h>

namespace connect_hiredis {

class ReplyArena {
 public:
  ReplyArena();
  ReplyArena(const ReplyArena&) = delete;
  ReplyArena& operator=(const ReplyArena&) = delete;

  // Makes `reader` build its replies here. The arena must outlive the reader.
  void Attach(redisReader* reader);

  // Drops all replies. Only while the reader is between two replies.
  void Reset();

  // An array begins, which may take many reads: what came before it can be dropped on its own,
  // while the reader is in the middle of it.
  void BeginArray();
  void DropEarlier() { earlier_.clear(); }

  // Aligned for any reply; null when there is no memory, or the reply takes more than any should.
  void* Allocate(std::size_t size) noexcept;

 private:
  struct Free {
    void operator()(void* memory) const;
  };
  using Block = std::unique_ptr<std::byte, Free>;

  static Block NewBlock(std::size_t size) noexcept;

  Block first_;                 // kept for ever
  std::vector<Block> more_;     // until the next Reset
  std::vector<Block> earlier_;  // of those, the ones from before the last array
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t taken_ = 0;  // by the blocks of more_
};

}  // namespace connect_hiredis
