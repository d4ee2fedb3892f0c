#include "binding/group.h"

#include <chrono>
#include <utility>
#include <vector>

#include "binding/client.h"
#include "binding/environment.h"

namespace connect_hiredis {

Napi::Function Group::Define(Napi::Env env) {
  return DefineClass(
      env, "Group",
      {InstanceMethod<&Group::Report>("report"), InstanceMethod<&Group::Close>("close")});
}

Group::Group(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Group>(info) {
  const Napi::Env env = info.Env();
  const auto given = info[0].As<Napi::Array>();
  std::vector<std::shared_ptr<OpenClient>> clients;
  for (std::uint32_t index = 0; index < given.Length(); ++index) {
    // Null in a Worker that is being terminated: no method is ever called then.
    const Client* client = Client::Unwrap(given.Get(index).As<Napi::Object>());
    if (client == nullptr) return;
    clients.push_back(client->open());
  }
  const auto milliseconds = [&](std::size_t argument) {
    return std::chrono::milliseconds(info[argument].As<Napi::Number>().Int64Value());
  };
  RedundancyOptions options;
  options.prefix = info[1].As<Napi::String>().Utf8Value();
  options.command_timeout = milliseconds(2);
  options.settling_time = milliseconds(3);
  options.queue_limit = info[4].As<Napi::Number>().Uint32Value();
  options.queue_bytes = static_cast<std::size_t>(info[5].As<Napi::Number>().Int64Value());
  open_ = std::make_shared<OpenGroup>(env, std::move(clients), std::move(options),
                                      info[6].As<Napi::Object>());
  Environment::Of(env).Add(open_);
  open_->Begin();
}

void Group::Close(const Napi::CallbackInfo& /*info*/) { open_->redundancy().Retire(); }

Napi::Value Group::Report(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Member::Report report =
      open_->redundancy().report(info[0].As<Napi::Number>().Uint32Value());
  Napi::Object result = Napi::Object::New(env);
  result.Set("standing", NameOf(report.standing));
  result.Set("journal", static_cast<double>(report.journal));
  result.Set("missed", static_cast<double>(report.missed));
  result.Set("repairs", static_cast<double>(report.repairs));
  result.Set("comparisons", static_cast<double>(report.comparisons));
  return result;
}

}  // namespace connect_hiredis
