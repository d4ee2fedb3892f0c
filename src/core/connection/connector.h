// The way to a connection that is ready: the name's addresses, each in turn, the credentials and
// the handshake, all within one deadline.
//
//   Start --> resolving --> connecting --> handshaking --> ready: TakeLink
//                               ^               |
//                               +-- next address+--> no address left: failed
//
// What the locator knows at once skips resolving.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "connection/client_identity.h"
#include "connection/credentials.h"
#include "connection/endpoint_locator.h"
#include "connection/handshake.h"
#include "connection/link.h"
#include "connection/options.h"
#include "connection/transport.h"
#include "loop/patient_timer.h"

namespace connect_hiredis {

class ConnectorListener {
 public:
  // These only note: the connector is in the middle of a change.
  virtual void OnServerReached() = 0;
  // The server waits to be told with what to authenticate: Authenticate, or GiveUp.
  virtual void OnCredentialsAwaited() = 0;
  // The link is ready: TakeLink.
  virtual void OnWayFound() = 0;
  // The attempt came to nothing. `refused`: waiting will not mend it.
  virtual void OnNoWay(Error error, bool refused) = 0;
  // After all that one wake-up brought. The connector may be destroyed here.
  virtual void OnConnectorServed() = 0;

 protected:
  ~ConnectorListener() = default;
};

class Connector final : private LinkListener {
 public:
  enum class Stage : std::uint8_t { kIdle, kResolving, kConnecting, kHandshaking };

  // All that it is given must outlive the connector.
  Connector(const EventLoop& loop, EndpointLocator* locator, Transport* transport,
            const ConnectionOptions* options, ConnectorListener* listener);
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;
  ~Connector() { locator_->Cancel(); }

  // Begins anew. `last_choice`: an address to try after all others, if there are others.
  // `for_writes`: a replica will not do.
  void Start(std::string last_choice, bool for_writes);
  // With `options.asks_credentials`, after OnCredentialsAwaited.
  void Authenticate(const Credentials& credentials);
  // There are no credentials, for this reason.
  void GiveUp(Error error);
  // Ends the attempt without a word.
  void Cancel();
  // Looks at the link, for failures that no event told, and at the time: to be called after each
  // poll.
  void Check();
  // The loop was blocked for so long, until `now`: that does not count.
  void Postpone(Nanoseconds blocked, Nanoseconds now);

  // Both once, in OnWayFound.
  std::unique_ptr<Link> TakeLink();
  std::optional<ClientIdentity> TakeIdentity();

  [[nodiscard]] Stage stage() const { return stage_; }
  [[nodiscard]] bool awaits_credentials() const {
    return stage_ == Stage::kHandshaking && !handshake_;
  }

 private:
  void OnReply(CommandId id, const Reply& reply) override;
  [[nodiscard]] bool HoldsReplies() const override { return false; }
  void OnLinkServed() override;

  void OnLocated(Location location);
  void TryNext();
  void LookAtLink();
  void OnReached();
  void OnTimeout();
  void NextOrFail(Error error, bool refused);
  void Finish();
  [[nodiscard]] Error MakeTimeoutError() const;
  [[nodiscard]] Error ExplainFailure(Error error) const;

  EndpointLocator* locator_;
  Transport* transport_;
  const ConnectionOptions* options_;
  ConnectorListener* listener_;
  Stage stage_ = Stage::kIdle;
  std::string last_choice_;
  bool for_writes_ = false;
  std::vector<Endpoint> endpoints_;  // still to be tried, the next one last
  Nanoseconds deadline_{0};
  std::optional<Handshake> handshake_;
  std::optional<ClientIdentity> identity_;  // of the link that is ready
  // What a server said outweighs that another could not be reached.
  std::optional<Error> said_;
  PatientTimer timer_;
  std::unique_ptr<Link> link_;
};

}  // namespace connect_hiredis
