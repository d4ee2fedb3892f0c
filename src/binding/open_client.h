// One connection with its way to JavaScript. Belongs to the environment while it is open, and to
// the JavaScript objects that refer to it.
#pragma once

#include <cstddef>
#include <vector>

#include <napi.h>

#include "binding/delivery.h"
#include "binding/kept.h"
#include "binding/session_place.h"
#include "core/connection/connection.h"
#include "core/session/single_source.h"

namespace connect_hiredis {

class OpenGroup;

class OpenClient final : public Kept, public SessionPlace, private ConnectionObserver {
 public:
  OpenClient(Napi::Env env, ConnectionOptions options, const Napi::Object& receiver);

  Connection& connection() { return connection_; }
  Delivery& delivery() override { return delivery_; }
  SessionSource& source() override { return source_; }

  // `group` is told of all that happens here, as of its client `index`, until the end.
  void Join(OpenGroup* group, std::size_t index);
  void Terminate() override;

 private:
  struct Membership {
    OpenGroup* group;
    std::size_t index;
  };

  void OnConnected() override { delivery_.AddEvent("connect", std::nullopt); }
  void OnReady() override { delivery_.AddEvent("ready", std::nullopt); }
  void OnError(const Error& error) override;
  void OnOutage() override { delivery_.AddEvent("disconnect", std::nullopt); }
  void OnCredentialsNeeded() override { delivery_.AddEvent("credentials", std::nullopt); }
  void OnTurnEnd() override;
  void OnClosed() override;

  Napi::Env env_;
  Delivery delivery_;
  Connection connection_;
  SingleSource source_;
  std::vector<Membership> groups_;
  bool closed_ = false;
};

}  // namespace connect_hiredis
