#include "protocol/reply_arena.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#include <hiredis/hiredis.h>

namespace connect_hiredis {

namespace {

// Redis' own bound on a string, and some for what surrounds it. Arrays of next to nothing take
// many times the memory that their bytes take.
constexpr std::size_t kMaxHeld = (512UL + 32) * 1024 * 1024;

constexpr std::size_t kBlockSize = 128UL * 1024;

// MGET over one batch of keys is the longest array this client ever asks for.
constexpr long long kMaxElements = 1LL << 20;

// No command of this client is answered by arrays deeper than SCAN's two levels.
constexpr int kMaxDepth = 8;

// What hiredis keeps of its input buffer between two reads.
constexpr std::size_t kKeptInput = 256UL * 1024;

ReplyArena& ArenaOf(const redisReadTask* task) { return *static_cast<ReplyArena*>(task->privdata); }

// A zeroed reply, hung into its parent; null without memory, which hiredis reports.
redisReply* NewReply(const redisReadTask* task) {
  ReplyArena& arena = ArenaOf(task);
  if (task->parent == nullptr) arena.BeginReply();
  void* memory = arena.Allocate(sizeof(redisReply));
  if (memory == nullptr) return nullptr;
  auto* reply = new (memory) redisReply{};
  reply->type = task->type;
  if (task->parent != nullptr) {
    auto* parent = static_cast<redisReply*>(task->parent->obj);
    parent->element[task->idx] = reply;
  }
  return reply;
}

void* CreateString(const redisReadTask* task, char* text, size_t length) {
  redisReply* reply = NewReply(task);
  if (reply == nullptr) return nullptr;
  if (task->type == REDIS_REPLY_VERB) {
    // Three letters of content type and a colon; the reader has checked for them.
    text += 4;
    length -= 4;
  }
  // hiredis prints some error replies as C strings.
  auto* copy = static_cast<char*>(ArenaOf(task).Allocate(length + 1));
  if (copy == nullptr) return nullptr;
  std::memcpy(copy, text, length);
  copy[length] = '\0';
  reply->str = copy;
  reply->len = length;
  return reply;
}

void* CreateArray(const redisReadTask* task, size_t elements) {
  int depth = 0;
  for (const redisReadTask* parent = task->parent; parent != nullptr; parent = parent->parent) {
    if (++depth > kMaxDepth) return nullptr;
  }
  redisReply* reply = NewReply(task);
  if (reply == nullptr) return nullptr;
  if (elements > 0) {
    const std::size_t size = elements * sizeof(redisReply*);
    reply->element = static_cast<redisReply**>(ArenaOf(task).Allocate(size));
    if (reply->element == nullptr) return nullptr;
    std::memset(static_cast<void*>(reply->element), 0, size);
  }
  reply->elements = elements;
  return reply;
}

void* CreateInteger(const redisReadTask* task, long long value) {
  redisReply* reply = NewReply(task);
  if (reply != nullptr) reply->integer = value;
  return reply;
}

void* CreateDouble(const redisReadTask* task, double value, char* /*text*/, size_t /*length*/) {
  redisReply* reply = NewReply(task);
  if (reply != nullptr) reply->dval = value;
  return reply;
}

void* CreateNil(const redisReadTask* task) {
  redisReply* reply = NewReply(task);
  // The task's type is that of the item it stands for, such as an array of length -1.
  if (reply != nullptr) reply->type = REDIS_REPLY_NIL;
  return reply;
}

void* CreateBool(const redisReadTask* task, int value) {
  redisReply* reply = NewReply(task);
  if (reply != nullptr) reply->integer = value;
  return reply;
}

void FreeNothing(void* /*reply*/) {}

// hiredis takes a pointer to mutable functions but never writes to them.
redisReplyObjectFunctions MakeFunctions() {
  redisReplyObjectFunctions functions{};
  functions.createString = CreateString;
  functions.createArray = CreateArray;
  functions.createInteger = CreateInteger;
  functions.createDouble = CreateDouble;
  functions.createNil = CreateNil;
  functions.createBool = CreateBool;
  functions.freeObject = FreeNothing;
  return functions;
}

}  // namespace

void ReplyArena::Free::operator()(void* memory) const { std::free(memory); }

ReplyArena::Memory ReplyArena::NewMemory(std::size_t size) noexcept {
  return Memory(static_cast<std::byte*>(std::malloc(size)));
}

ReplyArena::ReplyArena() : first_(NewMemory(kBlockSize)) {
  held_ = first_ == nullptr ? 0 : kBlockSize;
  Reset();
}

void ReplyArena::Attach(redisReader* reader) {
  static const redisReplyObjectFunctions functions = MakeFunctions();
  reader->fn = const_cast<redisReplyObjectFunctions*>(&functions);
  reader->privdata = this;
  reader->maxelements = kMaxElements;
  reader->maxbuf = kKeptInput;
}

void ReplyArena::Drop(Block& block) {
  held_ -= block.size;
  // Replies that fill a block and are dropped again would have one allocated each.
  if (block.size == kBlockSize) spare_ = std::move(block.memory);
}

void ReplyArena::Reset() {
  for (Block& block : blocks_) Drop(block);
  blocks_.clear();
  next_ = first_.get();
  left_ = next_ == nullptr ? 0 : kBlockSize;
  block_ = 0;
}

void ReplyArena::DropReply() {
  while (!blocks_.empty() && blocks_.back().number >= reply_.end) {
    Drop(blocks_.back());
    blocks_.pop_back();
  }
  next_ = reply_.next;
  left_ = reply_.left;
  block_ = reply_.block;
}

void ReplyArena::DropBefore(const Mark& mark) {
  std::size_t kept = 0;
  for (std::size_t index = 0; index < blocks_.size(); ++index) {
    Block& block = blocks_[index];
    if (block.number < mark.end && block.number != mark.block) {
      Drop(block);
    } else if (const std::size_t place = kept++; place != index) {
      blocks_[place] = std::move(block);
    }
  }
  blocks_.resize(kept);
}

std::byte* ReplyArena::NewBlock(std::size_t size) noexcept {
  if (size > kMaxHeld || held_ > kMaxHeld - size) return nullptr;
  Memory memory = size == kBlockSize && spare_ ? std::move(spare_) : NewMemory(size);
  if (memory == nullptr) return nullptr;
  held_ += size;
  blocks_.push_back({std::move(memory), size, end_++});
  return blocks_.back().memory.get();
}

void* ReplyArena::Allocate(std::size_t size) noexcept {
  constexpr std::size_t kAlignment = alignof(std::max_align_t);
  const std::size_t rounded = (size + kAlignment - 1) & ~(kAlignment - 1);
  if (rounded < size) return nullptr;
  // One to itself, so that little of the common ones is left unused.
  if (rounded > left_ && rounded > kBlockSize / 4) return NewBlock(rounded);
  if (rounded > left_) {
    std::byte* memory = NewBlock(kBlockSize);
    if (memory == nullptr) return nullptr;
    next_ = memory;
    left_ = kBlockSize;
    block_ = end_ - 1;
  }
  std::byte* memory = next_;
  next_ += rounded;
  left_ -= rounded;
  return memory;
}

}  // namespace connect_hiredis
