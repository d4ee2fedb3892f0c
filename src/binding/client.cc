#include "binding/client.h"

#include "binding/environment.h"
#include "binding/values.h"

namespace connect_hiredis {

Napi::Function Client::Define(Napi::Env env) {
  return DefineClass(env, "Client",
                     {
                         InstanceAccessor<&Client::State>("state"),
                         InstanceMethod<&Client::Close>("close"),
                         InstanceMethod<&Client::KeepAlive>("keepAlive"),
                     });
}

Client::Client(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Client>(info) {
  const Napi::Env env = info.Env();
  open_ = std::make_shared<OpenClient>(env, ReadConnectionOptions(info[0].As<Napi::Object>()),
                                       info[1].As<Napi::Object>());
  Environment::Of(env).Add(open_);
  open_->connection().Open();
}

Napi::Value Client::State(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), NameOf(open_->connection().state()));
}

void Client::Close(const Napi::CallbackInfo& /*info*/) { open_->connection().Close(); }

void Client::KeepAlive(const Napi::CallbackInfo& info) {
  open_->connection().KeepAlive(info[0].As<Napi::Boolean>().Value());
}

}  // namespace connect_hiredis
