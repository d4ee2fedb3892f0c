// The addon's exports. See binding.d.ts.
#include <memory>

#include <napi.h>

#include "binding/client.h"
#include "binding/environment.h"
#include "binding/group.h"
#include "binding/sessions.h"

namespace connect_hiredis {

namespace {

Napi::Object DefineResultKinds(Napi::Env env) {
  Napi::Object kinds = Napi::Object::New(env);
  const auto set = [&](const char* name, Delivery::Kind kind) {
    kinds.Set(name, static_cast<double>(kind));
  };
  set("none", Delivery::Kind::kNone);
  set("value", Delivery::Kind::kValue);
  set("count", Delivery::Kind::kCount);
  set("batch", Delivery::Kind::kBatch);
  set("failure", Delivery::Kind::kFailure);
  kinds.Freeze();
  return kinds;
}

Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  auto environment = std::make_unique<Environment>(env);
  // Node deletes it when the environment has ended.
  env.SetInstanceData(environment.release());
  exports.Set("Client", Client::Define(env));
  exports.Set("Group", Group::Define(env));
  exports.Set("Sessions", Sessions::Define(env));
  exports.Set("Enumeration", EnumerationObject::Define(env));
  exports.Set("Result", DefineResultKinds(env));
  return exports;
}

}  // namespace

}  // namespace connect_hiredis

static Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  return connect_hiredis::Initialize(env, exports);
}

NODE_API_MODULE(connect_hiredis, Initialize)
