// Counts what libuv still holds of ours: handles until their close callback, requests until
// their own. Memory that these callbacks reach may go when the count is back at zero.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include <uv.h>

namespace connect_hiredis {

class CloseBarrier {
 public:
  void Add() { ++held_; }

  // Calls what OnceEmpty left as soon as nothing is held.
  void Remove() {
    --held_;
    CallIfEmpty();
  }

  // `empty` is called once: from the close callback of the last handle, or at once when
  // nothing is held.
  void OnceEmpty(std::function<void()> empty) {
    empty_ = std::move(empty);
    CallIfEmpty();
  }

  [[nodiscard]] std::size_t held() const { return held_; }

 private:
  void CallIfEmpty() {
    if (held_ != 0 || !empty_) return;
    // Moved out first: what is called may destroy everything but this stack frame.
    const auto empty = std::move(empty_);
    empty_ = nullptr;
    empty();
  }

  std::size_t held_ = 0;
  std::function<void()> empty_;
};

class Lookups;

// A loop, and the barrier of everything that one owner opens on it.
struct EventLoop {
  uv_loop_t* loop = nullptr;  // not owned
  std::shared_ptr<CloseBarrier> barrier;
  std::shared_ptr<Lookups> lookups{};  // shared with other owners on this loop; null: with nobody
};

}  // namespace connect_hiredis
