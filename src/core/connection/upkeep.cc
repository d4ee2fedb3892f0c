#include "connection/upkeep.h"

#include <algorithm>

namespace connect_hiredis {

namespace {

using std::chrono::milliseconds;

// Credentials that live for less are renewed no more often than this.
constexpr milliseconds kShortestRenewal{1'000};
// uv timers take no more; credentials that live longer are renewed earlier.
constexpr milliseconds kLongestRenewal{std::chrono::hours(24 * 24)};

// Early enough for a second try or two.
milliseconds RenewalOf(milliseconds lifetime) {
  return std::clamp(lifetime / 5 * 4, kShortestRenewal, kLongestRenewal);
}

}  // namespace

Upkeep::Upkeep(const EventLoop& loop, Milliseconds ping_interval, Milliseconds patience,
               UpkeepListener* listener)
    : ping_interval_(ping_interval),
      patience_(patience),
      listener_(listener),
      ping_timer_(loop, [this] { OnPingTimer(); }),
      credentials_timer_(loop, [this] {
        awaits_credentials_ = true;
        credentials_timer_.Start(patience_);
        listener_->OnCredentialsDue();
      }) {}

void Upkeep::Begin(std::optional<Milliseconds> lifetime) {
  if (ping_interval_.count() != 0) ping_timer_.Start(ping_interval_);
  Renewed(lifetime);
}

void Upkeep::End() {
  awaits_credentials_ = false;
  ping_timer_.Stop();
  credentials_timer_.Stop();
}

void Upkeep::OnPingTimer() {
  const auto idle = Now() - listener_->LastHeard();
  if (idle < ping_interval_) {
    ping_timer_.Start(CeilMilliseconds(ping_interval_ - idle));
    return;
  }
  ping_timer_.Start(ping_interval_);
  listener_->OnPingDue();
}

void Upkeep::Renewed(std::optional<Milliseconds> lifetime) {
  awaits_credentials_ = false;
  if (lifetime) {
    credentials_timer_.Start(RenewalOf(*lifetime));
  } else {
    credentials_timer_.Stop();
  }
}

void Upkeep::RenewalFailed() {
  awaits_credentials_ = false;
  credentials_timer_.Start(std::min(patience_, kShortestRenewal * 5));
}

}  // namespace connect_hiredis
