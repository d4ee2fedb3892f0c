#include "loop/turn_hooks.h"

namespace connect_hiredis {

namespace {

Nanoseconds WaitedIn(uv_loop_t* loop) {
  return Nanoseconds(static_cast<std::int64_t>(uv_metrics_idle_time(loop)));
}

}  // namespace

TurnHooks::TurnHooks(const EventLoop& loop, bool waits_in_loop, TurnListener* listener)
    : listener_(listener),
      loop_(loop.loop),
      waits_in_loop_(waits_in_loop),
      blocked_time_(Now(), WaitedIn(loop.loop)),
      prepare_(loop, this,
               [&](uv_prepare_t* handle) { return uv_prepare_init(loop.loop, handle); }),
      check_(loop, this, [&](uv_check_t* handle) { return uv_check_init(loop.loop, handle); }) {
  // Node has its loops measure this; others may not.
  uv_loop_configure(loop_, UV_METRICS_IDLE_TIME);
  prepare_.Unref();
  check_.Unref();
  uv_prepare_start(prepare_.get(), [](uv_prepare_t* handle) {
    static_cast<TurnHooks*>(handle->data)->BeforePoll();
  });
  uv_check_start(check_.get(), [](uv_check_t* handle) {
    static_cast<TurnHooks*>(handle->data)->listener_->OnAfterPoll();
  });
}

void TurnHooks::BeforePoll() {
  const Nanoseconds now = Now();
  const Nanoseconds blocked = blocked_time_.BeforePoll(now, WaitedIn(loop_));
  if (waits_in_loop_ && blocked.count() > 0) listener_->OnBlocked(blocked, now);
  listener_->OnBeforePoll();
}

void TurnHooks::KeepAlive(bool alive) {
  if (alive) {
    prepare_.Ref();
  } else {
    prepare_.Unref();
  }
}

}  // namespace connect_hiredis
