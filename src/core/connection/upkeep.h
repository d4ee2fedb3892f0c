// What a ready connection does unasked: it makes sure that an idle server is still there, and
// asks for new credentials before the old ones lapse.
#pragma once

#include <chrono>
#include <optional>

#include "loop/clock.h"
#include "loop/timer.h"

namespace connect_hiredis {

class UpkeepListener {
 public:
  // The server has not been heard of for the interval.
  virtual void OnPingDue() = 0;
  // Calls Renewed, or RenewalFailed, when there are new ones.
  virtual void OnCredentialsDue() = 0;
  // When it was.
  [[nodiscard]] virtual Nanoseconds LastHeard() const = 0;

 protected:
  ~UpkeepListener() = default;
};

class Upkeep {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // `ping_interval` 0: the server is never asked. `patience`: after how long without new
  // credentials they are asked for again.
  Upkeep(const EventLoop& loop, Milliseconds ping_interval, Milliseconds patience,
         UpkeepListener* listener);
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  // The connection is ready, with credentials of this lifetime (empty: without end).
  void Begin(std::optional<Milliseconds> lifetime);
  // It is not, any more.
  void End();

  [[nodiscard]] bool awaits_credentials() const { return awaits_credentials_; }
  void Renewed(std::optional<Milliseconds> lifetime);
  void RenewalFailed();

 private:
  void OnPingTimer();

  Milliseconds ping_interval_;
  Milliseconds patience_;
  UpkeepListener* listener_;
  bool awaits_credentials_ = false;
  Timer ping_timer_;
  Timer credentials_timer_;
};

}  // namespace connect_hiredis
