// Calls its listener twice in each iteration of the loop: before it polls, when timers and
// immediates have run, and after it polled, when the sockets' callbacks have run. What
// JavaScript asked for meanwhile leaves in one write each time.
#pragma once

#include "loop/handle.h"

namespace connect_hiredis {

class TurnListener {
 public:
  virtual void OnTurn() = 0;

 protected:
  ~TurnListener() = default;
};

class TurnHooks {
 public:
  TurnHooks(const EventLoop& loop, TurnListener* listener);
  TurnHooks(const TurnHooks&) = delete;
  TurnHooks& operator=(const TurnHooks&) = delete;

  // Whether these hooks keep the loop alive; at first they do not. They are the only handle of
  // a connection that ever does, so that there is one place to look.
  void KeepAlive(bool alive);

 private:
  Handle<uv_prepare_t> prepare_;
  Handle<uv_check_t> check_;
};

}  // namespace connect_hiredis
