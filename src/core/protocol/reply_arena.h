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
  // A place between two pieces of memory.
  struct Mark {
    std::byte* next = nullptr;
    std::size_t left = 0;
    std::uint64_t block = 0;  // where that is
    std::uint64_t end = 0;    // blocks from this on were taken later
  };

  ReplyArena();
  ReplyArena(const ReplyArena&) = delete;
  ReplyArena& operator=(const ReplyArena&) = delete;

  // Makes `reader` build its replies here. The arena must outlive the reader.
  void Attach(redisReader* reader);

  // Drops all replies. Only while the reader is between two replies.
  void Reset();

  // A reply begins that is part of no other.
  void BeginReply() { reply_ = {next_, left_, block_, end_}; }
  // Where the last one began.
  [[nodiscard]] const Mark& reply() const { return reply_; }
  // Drops the last one, which is complete.
  void DropReply();
  // Drops what came before `mark`, block by block. The reader may be in the middle of a reply that
  // began after it.
  void DropBefore(const Mark& mark);

  // Aligned for any reply; null when there is no memory, or more is held than should ever be.
  void* Allocate(std::size_t size) noexcept;

  // Bytes, of all blocks.
  [[nodiscard]] std::size_t held() const { return held_; }

 private:
  struct Free {
    void operator()(void* memory) const;
  };
  using Memory = std::unique_ptr<std::byte, Free>;
  struct Block {
    Memory memory;
    std::size_t size = 0;
    std::uint64_t number = 0;
  };

  static Memory NewMemory(std::size_t size) noexcept;
  std::byte* NewBlock(std::size_t size) noexcept;
  void Drop(Block& block);

  Memory first_;               // kept for ever; its number is 0
  Memory spare_;               // of a common block that was dropped: the next is this one
  std::vector<Block> blocks_;  // the others, by their numbers
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::uint64_t block_ = 0;  // that `next_` is in
  std::uint64_t end_ = 1;    // the number of the next block
  std::size_t held_ = 0;
  Mark reply_;
};

}  // namespace connect_hiredis
