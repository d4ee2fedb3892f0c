#include "binding/client.h"

#include <chrono>
#include <initializer_list>
#include <utility>

#include "binding/environment.h"
#include "binding/values.h"

namespace connect_hiredis {

Napi::Function Client::Define(Napi::Env env) {
  return DefineClass(env, "Client",
                     {
                         InstanceAccessor<&Client::State>("state"),
                         InstanceMethod<&Client::Close>("close"),
                         InstanceMethod<&Client::KeepAlive>("keepAlive"),
                         InstanceMethod<&Client::ProvideCredentials>("provideCredentials"),
                         InstanceMethod<&Client::RefuseCredentials>("refuseCredentials"),
                         InstanceMethod<&Client::Stats>("stats"),
                     });
}

Client::Client(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Client>(info) {
  const Napi::Env env = info.Env();
  auto options = ReadConnectionOptions(env, info[0]);
  // A Worker that is being terminated: no method is ever called then.
  if (!options) return;
  open_ = std::make_shared<OpenClient>(env, std::move(*options), info[1].As<Napi::Object>());
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

Napi::Value Client::ProvideCredentials(const Napi::CallbackInfo& info) {
  Credentials credentials;
  if (info[0].IsString()) credentials.username = info[0].As<Napi::String>().Utf8Value();
  credentials.password = info[1].As<Napi::String>().Utf8Value();
  if (info[2].IsNumber()) {
    credentials.lifetime = std::chrono::milliseconds(info[2].As<Napi::Number>().Int64Value());
  }
  return Napi::Boolean::New(info.Env(), open_->connection().ProvideCredentials(credentials));
}

void Client::RefuseCredentials(const Napi::CallbackInfo& info) {
  Error error;
  error.code = ErrorCode::kCredentials;
  error.message = info[0].As<Napi::String>().Utf8Value();
  open_->connection().RefuseCredentials(std::move(error));
}

Napi::Value Client::Stats(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto object = [&](std::initializer_list<std::pair<const char*, std::uint64_t>> numbers) {
    Napi::Object result = Napi::Object::New(env);
    for (const auto& [name, number] : numbers) result.Set(name, static_cast<double>(number));
    return result;
  };
  const Statistics core = open_->connection().statistics();
  const Delivery::Counts& counts = open_->delivery().counts();
  Napi::Object stats = object({
      {"commands", core.commands},
      {"replies", core.replies},
      {"timeouts", core.timeouts},
      {"connections", core.connections},
      {"queueLength", core.waiting},
      {"queueBytes", core.waiting_bytes},
      {"inFlight", core.in_flight},
      {"bytesSent", core.bytes_sent},
      {"bytesReceived", core.bytes_received},
  });
  Napi::Object errors = Napi::Object::New(env);
  for (const auto& [code, count] : counts.errors) errors.Set(code, static_cast<double>(count));
  stats.Set("errors", errors);
  stats.Set(
      "batches",
      object({{"count", counts.calls}, {"results", counts.results}, {"largest", counts.largest}}));
  return stats;
}

}  // namespace connect_hiredis
