// Calls its listener twice in each iteration of the loop. What JavaScript asked for meanwhile
// leaves in one write each time.
#pragma once

#include "loop/blocked_time.h"
#include "loop/handle.h"

namespace connect_hiredis {

class TurnListener {
 public:
  // Before the loop polls: it was blocked for so long, until `now`.
  virtual void OnBlocked(Nanoseconds blocked, Nanoseconds now) = 0;
  // Before the loop polls: timers and immediates have run. JavaScript must not be entered: what
  // it asks of another connection, whose turn is over, would wait for as long as the poll does.
  virtual void OnBeforePoll() = 0;
  // After it polled: the sockets' callbacks have run.
  virtual void OnAfterPoll() = 0;

 protected:
  ~TurnListener() = default;
};

class TurnHooks {
 public:
  // `waits_in_loop`: whether the application waits for its sockets in the loop, as Node does. Of
  // one that does so elsewhere nobody can tell when it is blocked.
  TurnHooks(const EventLoop& loop, bool waits_in_loop, TurnListener* listener);
  TurnHooks(const TurnHooks&) = delete;
  TurnHooks& operator=(const TurnHooks&) = delete;

  // Whether these hooks keep the loop alive; at first they do not. They are the only handle of
  // a connection that ever does, so that there is one place to look.
  void KeepAlive(bool alive);

 private:
  void BeforePoll();

  TurnListener* listener_;
  uv_loop_t* loop_;  // not owned
  bool waits_in_loop_;
  BlockedTime blocked_time_;
  Handle<uv_prepare_t> prepare_;
  Handle<uv_check_t> check_;
};

}  // namespace connect_hiredis
