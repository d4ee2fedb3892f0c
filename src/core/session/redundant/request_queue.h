// The requests that wait for a server, by their index, and how many bytes they hold.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

namespace connect_hiredis {

class RequestQueue {
 public:
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  void Push(std::size_t index, std::size_t bytes) {
    entries_.push_back({index, bytes});
    bytes_ += bytes;
  }

  // Of a queue that is not empty.
  std::size_t Pop() {
    const Entry first = entries_.front();
    entries_.pop_front();
    bytes_ -= first.bytes;
    return first.index;
  }

  // Takes out those of which `over` is true.
  template <typename Over>
  void EraseIf(Over over) {
    std::erase_if(entries_, [&](const Entry& entry) {
      const bool erase = over(entry.index);
      if (erase) bytes_ -= entry.bytes;
      return erase;
    });
  }

  std::vector<std::size_t> TakeAll() {
    std::vector<std::size_t> all;
    while (!empty()) all.push_back(Pop());
    return all;
  }

 private:
  struct Entry {
    std::size_t index;
    std::size_t bytes;
  };

  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace connect_hiredis
