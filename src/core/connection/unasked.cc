// Of Connection: what it does unasked while it is ready, and the credentials that it needs.
#include <algorithm>
#include <utility>

#include "connection/connection.h"
#include "connection/handshake.h"
#include "protocol/command_writer.h"

namespace connect_hiredis {

namespace {

// Longer than any connection lasts, and nothing overflows by it.
constexpr std::chrono::milliseconds kForever{std::chrono::hours(24 * 365)};

}  // namespace

bool Connection::ProvideCredentials(const Credentials& credentials) {
  if (connector_ && connector_->awaits_credentials()) {
    KeepCredentials(credentials);
    connector_->Authenticate(credentials);
  } else if (upkeep_ && upkeep_->awaits_credentials()) {
    KeepCredentials(credentials);
    upkeep_->Renewed(credentials.lifetime);
    if (link_->Append(MakeAuthentication(credentials), 1, kAuthenticationId, Now())) link_->Flush();
    silence_->Expect();
  } else {
    return false;
  }
  return true;
}

void Connection::RefuseCredentials(Error error) {
  if (connector_ && connector_->awaits_credentials()) {
    connector_->GiveUp(std::move(error));
  } else if (upkeep_ && upkeep_->awaits_credentials()) {
    // The old ones are good for a while.
    upkeep_->RenewalFailed();
    observer_->OnError(error);
    // Others are told of it at the end of a turn, for which an idle loop has no reason.
    deadlines_->Wake();
  }
}

void Connection::KeepCredentials(const Credentials& credentials) {
  credentials_end_.reset();
  if (!credentials.lifetime) return;
  credentials_end_ =
      Now() + std::clamp(*credentials.lifetime, std::chrono::milliseconds(0), kForever);
}

std::optional<std::chrono::milliseconds> Connection::CredentialsLeft() const {
  if (!credentials_end_) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::max(*credentials_end_ - Now(), Nanoseconds(0)));
}

void Connection::OnCredentialsDue() {
  observer_->OnCredentialsNeeded();
  EndTurn();
}

void Connection::OnPingDue() {
  // Whoever waits for an answer finds out soon enough.
  if (!pending_.empty() || Admit({}) != Admission::kAccepted) return;
  Command& command = Acquire({});
  CommandWriter(command.wire).Begin(1).Add("PING");
  ++command.expected;
  command.handler = &ping_handler_;
  pinging_ = 1;
  ping_id_ = command.id();
  Submit(command);
}

}  // namespace connect_hiredis
