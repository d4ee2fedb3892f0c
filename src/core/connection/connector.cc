#include "connection/connector.h"

#include <algorithm>
#include <utility>

#include "loop/system_error.h"

namespace connect_hiredis {

namespace {

// The replies of the handshake are told apart by their order.
constexpr CommandId kHandshakeId = 0;

}  // namespace

Connector::Connector(const EventLoop& loop, EndpointLocator* locator, Transport* transport,
                     const ConnectionOptions* options, ConnectorListener* listener)
    : locator_(locator),
      transport_(transport),
      options_(options),
      listener_(listener),
      timer_(loop) {}

void Connector::Start(std::string last_choice, bool for_writes) {
  Cancel();
  for_writes_ = for_writes;
  last_choice_ = std::move(last_choice);
  said_.reset();
  deadline_ = Now() + options_->connect_timeout;
  timer_.Start(options_->connect_timeout);
  stage_ = Stage::kResolving;
  auto known = locator_->Locate([this](Location location) {
    OnLocated(std::move(location));
    listener_->OnConnectorServed();
  });
  if (known) OnLocated(std::move(*known));
}

void Connector::OnLocated(Location location) {
  if (location.endpoints.empty()) {
    NextOrFail(std::move(*location.error), false);
    return;
  }
  endpoints_ = std::move(location.endpoints);
  std::reverse(endpoints_.begin(), endpoints_.end());
  std::stable_partition(endpoints_.begin(), endpoints_.end(), [this](const Endpoint& endpoint) {
    return endpoint.address == last_choice_;
  });
  TryNext();
}

void Connector::TryNext() {
  stage_ = Stage::kConnecting;
  handshake_.reset();
  std::optional<Error> error;
  while (!endpoints_.empty()) {
    // An address that swallows what it is sent may use up only its share of the time.
    const auto share = (deadline_ - Now()) / static_cast<std::int64_t>(endpoints_.size());
    timer_.Start(CeilMilliseconds(share));
    Endpoint endpoint = std::move(endpoints_.back());
    endpoints_.pop_back();
    link_ =
        std::make_unique<Link>(transport_, std::move(endpoint), static_cast<LinkListener*>(this));
    if (!link_->failure()) return;
    error = *link_->failure();
    link_.reset();
  }
  NextOrFail(std::move(*error), false);
}

void Connector::OnReached() {
  listener_->OnServerReached();
  stage_ = Stage::kHandshaking;
  if (options_->asks_credentials) {
    // However long that takes, it says nothing about this address.
    timer_.Start(CeilMilliseconds(deadline_ - Now()));
    listener_->OnCredentialsAwaited();
  } else {
    Authenticate({options_->username, options_->password, std::nullopt});
  }
}

void Connector::Authenticate(const Credentials& credentials) {
  handshake_.emplace(*options_, credentials, for_writes_);
  for (const std::string& command : handshake_->commands())
    link_->Append(command, 1, kHandshakeId, Now());
  link_->Flush();
}

void Connector::GiveUp(Error error) {
  // The function would have nothing better for another address.
  endpoints_.clear();
  said_.reset();
  NextOrFail(std::move(error), false);
}

void Connector::Cancel() {
  stage_ = Stage::kIdle;
  link_.reset();
  handshake_.reset();
  endpoints_.clear();
  locator_->Cancel();
  timer_.Stop();
}

// ---- Events of the loop ----

void Connector::OnReply(CommandId /*id*/, const Reply& reply) {
  // Without a handshake nothing was asked: the link itself calls that an error.
  if (!link_->failure() && handshake_) handshake_->OnReply(reply);
}

void Connector::OnLinkServed() {
  LookAtLink();
  listener_->OnConnectorServed();
}

void Connector::Check() {
  LookAtLink();
  if (timer_.TakeFired()) OnTimeout();
}

void Connector::Postpone(Nanoseconds blocked, Nanoseconds now) {
  deadline_ = std::min(deadline_ + blocked, now + options_->connect_timeout);
  timer_.Postpone(blocked);
}

void Connector::LookAtLink() {
  if (link_ == nullptr) return;
  if (handshake_ && handshake_->error()) {
    // A server that refuses says why before it closes the connection.
    NextOrFail(*handshake_->error(), handshake_->refused());
  } else if (link_->failure()) {
    NextOrFail(ExplainFailure(*link_->failure()), false);
  } else if (stage_ == Stage::kConnecting) {
    if (link_->connected()) OnReached();
  } else if (handshake_ && handshake_->complete()) {
    Finish();
  }
}

void Connector::Finish() {
  stage_ = Stage::kIdle;
  endpoints_.clear();
  identity_ = handshake_->identity();
  handshake_.reset();
  timer_.Stop();
  listener_->OnWayFound();
}

std::unique_ptr<Link> Connector::TakeLink() { return std::move(link_); }

std::optional<ClientIdentity> Connector::TakeIdentity() {
  return std::exchange(identity_, std::nullopt);
}

void Connector::OnTimeout() {
  if (awaits_credentials()) endpoints_.clear();
  NextOrFail(MakeTimeoutError(), false);
}

Error Connector::MakeTimeoutError() const {
  const bool unix_socket = !options_->socket_path.empty();
  Error error =
      MakeSystemError(kTimedOut, "connect", unix_socket ? options_->socket_path : options_->host,
                      unix_socket ? 0 : options_->port);
  if (awaits_credentials()) {
    error.message = "The function given as \"credentials\" did not answer within " +
                    std::to_string(options_->connect_timeout.count()) + " ms";
  }
  return error;
}

// Redis closes a connection that speaks no TLS to its TLS port, without a word.
Error Connector::ExplainFailure(Error error) const {
  const bool unheard = handshake_ && link_->bytes_read() == 0;
  if (unheard && error.code == ErrorCode::kSystem && error.syscall == "read") {
    error.message +=
        ": the server closed the connection before it answered; does the port speak TLS?";
  }
  return error;
}

void Connector::NextOrFail(Error error, bool refused) {
  link_.reset();
  if (error.code == ErrorCode::kReply) said_ = error;
  // What one address refuses for good, the others do too: they are one server's.
  if (!refused && !endpoints_.empty()) {
    TryNext();
    return;
  }
  Cancel();
  listener_->OnNoWay(!refused && said_ ? *said_ : std::move(error), refused);
}

}  // namespace connect_hiredis
