#include "protocol/reply_arena.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#include <hiredis/hiredis.h>

namespace connect_hiredis {

namespace {

// Redis' own bound on a string, and some for what surrounds it. Arrays of next to nothing take
// many times the memory that their bytes take.
constexpr std::size_t kMaxTaken = (512UL + 32) * 1024 * 1024;

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
  if (task->parent == nullptr) ArenaOf(task).BeginArray();
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

ReplyArena::Block ReplyArena::NewBlock(std::size_t size) noexcept {
  return Block(static_cast<std::byte*>(std::malloc(size)));
}

ReplyArena::ReplyArena() : first_(NewBlock(kBlockSize)) { Reset(); }

void ReplyArena::Attach(redisReader* reader) {
  static const redisReplyObjectFunctions functions = MakeFunctions();
  reader->fn = const_cast<redisReplyObjectFunctions*>(&functions);
  reader->privdata = this;
  reader->maxelements = kMaxElements;
  reader->maxbuf = kKeptInput;
}

void ReplyArena::BeginArray() {
  // Short arrays end in the read in which they begin: without blocks there is nothing to gain.
  if (more_.empty()) return;
  for (Block& block : more_) earlier_.push_back(std::move(block));
  more_.clear();
  taken_ = 0;
  next_ = nullptr;
  left_ = 0;
}

void ReplyArena::Reset() {
  earlier_.clear();
  more_.clear();
  taken_ = 0;
  next_ = first_.get();
  left_ = next_ == nullptr ? 0 : kBlockSize;
}

void* ReplyArena::Allocate(std::size_t size) noexcept {
  constexpr std::size_t kAlignment = alignof(std::max_align_t);
  const std::size_t rounded = (size + kAlignment - 1) & ~(kAlignment - 1);
  if (rounded < size) return nullptr;
  if (rounded > left_) {
    if (rounded > kMaxTaken || taken_ > kMaxTaken - rounded) return nullptr;
    const bool large = rounded > kBlockSize / 4;
    Block block = NewBlock(large ? rounded : kBlockSize);
    if (block == nullptr) return nullptr;
    taken_ += large ? rounded : kBlockSize;
    std::byte* memory = block.get();
    more_.push_back(std::move(block));
    if (large) return memory;
    next_ = memory;
    left_ = kBlockSize;
  }
  std::byte* memory = next_;
  next_ += rounded;
  left_ -= rounded;
  return memory;
}

}  // namespace connect_hiredis
