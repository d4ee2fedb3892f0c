// A uv handle on the heap with one owner. The owner may go at any time; the memory goes in the
// handle's close callback, as libuv demands.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <uv.h>

#include "loop/close_barrier.h"

namespace connect_hiredis {

template <typename UvHandle>
class Handle {
 public:
  // `initialize` is given the handle and returns libuv's result; below zero, the handle is
  // empty (see operator bool) and holds nothing of the loop's.
  template <typename Initialize>
  Handle(const EventLoop& loop, void* owner, Initialize initialize) {
    auto box = std::make_unique<Box>();
    if (initialize(&box->handle) != 0) return;
    box->handle.data = owner;
    box->barrier = loop.barrier;
    box->barrier->Add();
    box_.reset(box.release());
  }

  Handle(Handle&&) noexcept = default;
  Handle& operator=(Handle&&) noexcept = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() = default;

  explicit operator bool() const { return box_ != nullptr; }
  UvHandle* get() const { return &box_->handle; }

  // For the loop's liveness; libuv counts a handle only once, however often this is called.
  void Ref() const { uv_ref(AsHandle(get())); }
  void Unref() const { uv_unref(AsHandle(get())); }

 private:
  struct Box {
    UvHandle handle;
    std::shared_ptr<CloseBarrier> barrier;
  };
  static_assert(std::is_standard_layout_v<UvHandle>);

  static uv_handle_t* AsHandle(UvHandle* handle) { return reinterpret_cast<uv_handle_t*>(handle); }

  struct Close {
    void operator()(Box* box) const {
      uv_handle_set_data(AsHandle(&box->handle), box);
      uv_close(AsHandle(&box->handle), [](uv_handle_t* handle) {
        const std::unique_ptr<Box> closed(static_cast<Box*>(uv_handle_get_data(handle)));
        const auto barrier = std::move(closed->barrier);
        barrier->Remove();
      });
    }
  };

  std::unique_ptr<Box, Close> box_;
};

}  // namespace connect_hiredis
