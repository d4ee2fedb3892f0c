// A queue in one piece of memory, which grows and is kept.
#pragma once

#include <cstddef>
#include <vector>

namespace connect_hiredis {

template <typename Value>
class Ring {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  void Push(Value value) {
    if (size_ == values_.size()) Grow();
    values_[(first_ + size_) & (values_.size() - 1)] = value;
    ++size_;
  }

  // These of a ring that is not empty.
  [[nodiscard]] const Value& front() const { return values_[first_]; }
  Value Pop() {
    const Value value = values_[first_];
    first_ = (first_ + 1) & (values_.size() - 1);
    --size_;
    return value;
  }

 private:
  // Sizes are powers of two.
  void Grow() {
    std::vector<Value> larger(values_.empty() ? 64 : values_.size() * 2);
    for (std::size_t index = 0; index < size_; ++index) {
      larger[index] = values_[(first_ + index) & (values_.size() - 1)];
    }
    values_.swap(larger);
    first_ = 0;
  }

  std::vector<Value> values_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace connect_hiredis
