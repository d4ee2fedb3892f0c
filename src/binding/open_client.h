// One connection with its way to JavaScript. Belongs to the environment while it is open, and to
// the JavaScript objects that refer to it.
#pragma once

#include <memory>
#include <optional>

#include <napi.h>

#include "binding/delivery.h"
#include "core/connection/connection.h"
#include "core/session/operations.h"

namespace connect_hiredis {

class OpenClient final : private ConnectionObserver {
 public:
  OpenClient(Napi::Env env, ConnectionOptions options, const Napi::Object& receiver);
  OpenClient(const OpenClient&) = delete;
  OpenClient& operator=(const OpenClient&) = delete;

  Connection& connection() { return connection_; }
  Operations& operations() { return operations_; }
  Delivery& delivery() { return delivery_; }

  // The environment ends: closes without entering JavaScript again.
  void Terminate();

 private:
  void OnConnected() override { delivery_.AddEvent("connect", std::nullopt); }
  void OnReady() override { delivery_.AddEvent("ready", std::nullopt); }
  void OnError(const Error& error) override { delivery_.AddEvent("error", error); }
  void OnOutage() override { delivery_.AddEvent("disconnect", std::nullopt); }
  void OnCredentialsNeeded() override { delivery_.AddEvent("credentials", std::nullopt); }
  void OnTurnEnd() override { delivery_.Flush(); }
  void OnClosed() override;

  Napi::Env env_;
  Delivery delivery_;
  Connection connection_;
  Operations operations_;
};

}  // namespace connect_hiredis
