// JavaScript's Client: one connection. See binding.d.ts.
#pragma once

#include <memory>

#include <napi.h>

#include "binding/open_client.h"

namespace connect_hiredis {

class Client final : public Napi::ObjectWrap<Client> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit Client(const Napi::CallbackInfo& info);

  [[nodiscard]] const std::shared_ptr<OpenClient>& open() const { return open_; }

 private:
  Napi::Value State(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);
  void KeepAlive(const Napi::CallbackInfo& info);
  Napi::Value ProvideCredentials(const Napi::CallbackInfo& info);
  void RefuseCredentials(const Napi::CallbackInfo& info);
  Napi::Value Stats(const Napi::CallbackInfo& info);

  std::shared_ptr<OpenClient> open_;
};

}  // namespace connect_hiredis
