#include "loop/turn_hooks.h"

namespace connect_hiredis {

TurnHooks::TurnHooks(const EventLoop& loop, TurnListener* listener)
    : prepare_(loop, listener,
               [&](uv_prepare_t* handle) { return uv_prepare_init(loop.loop, handle); }),
      check_(loop, listener, [&](uv_check_t* handle) { return uv_check_init(loop.loop, handle); }) {
  prepare_.Unref();
  check_.Unref();
  uv_prepare_start(prepare_.get(), [](uv_prepare_t* handle) {
    static_cast<TurnListener*>(handle->data)->OnBeforePoll();
  });
  uv_check_start(check_.get(), [](uv_check_t* handle) {
    static_cast<TurnListener*>(handle->data)->OnAfterPoll();
  });
}

void TurnHooks::KeepAlive(bool alive) {
  if (alive) {
    prepare_.Ref();
  } else {
    prepare_.Unref();
  }
}

}  // namespace connect_hiredis
