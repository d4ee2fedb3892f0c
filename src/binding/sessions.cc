#include "binding/sessions.h"

#include <array>
#include <chrono>
#include <utility>

#include "binding/client.h"
#include "binding/group.h"

namespace connect_hiredis {

namespace {

// Undefined if the operation was taken.
Napi::Value Tell(Napi::Env env, Admission admission, SessionPlace& place) {
  if (admission == Admission::kAccepted) return env.Undefined();
  const Error error = place.source().Refusal(admission);
  place.delivery().CountError(error);
  const napi_value failure = MakeFailure(env, error);
  // Thrown, it would be told to nobody.
  const napi_value exception = TakeException(env);
  return {env, exception == nullptr ? failure : exception};
}

// 0 stands for no expiry.
Operations::TimeToLiveOption TimeToLiveOf(napi_env env, napi_value value) {
  std::int64_t milliseconds = 0;
  napi_get_value_int64(env, value, &milliseconds);
  if (milliseconds == 0) return std::nullopt;
  return std::chrono::milliseconds(milliseconds);
}

constexpr std::size_t kMostArguments = 5;

}  // namespace

// What a method of the hot path was called with.
struct Sessions::Call {
  napi_env env = nullptr;
  std::array<napi_value, kMostArguments> arguments{};

  [[nodiscard]] Slot slot(Decoding decoding) const {
    std::uint32_t slot = 0;
    napi_get_value_uint32(env, arguments[0], &slot);
    return MakeSlot(slot, decoding);
  }
};

// Finding the object behind `this` costs more than all else about a call, so the methods of the
// hot path are functions of each object's own that know it. They keep it from being collected.
template <Admission (Sessions::*operation)(const Sessions::Call&)>
void Sessions::DefineHot(napi_env env, napi_value object, const char* name) {
  const auto run = [](napi_env run_env, napi_callback_info info) -> napi_value {
    Call call{run_env, {}};
    std::size_t count = call.arguments.size();
    void* data = nullptr;
    napi_get_cb_info(run_env, info, &count, call.arguments.data(), nullptr, &data);
    auto& self = *static_cast<Sessions*>(data);
    const Admission admission = (self.*operation)(call);
    if (admission == Admission::kAccepted) return nullptr;
    return Tell(run_env, admission, *self.place_);
  };
  napi_value function = nullptr;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, run, this, &function) != napi_ok) return;
  SetProperty(env, function, "sessions", object);
  SetProperty(env, object, name, function);
}

Napi::Function Sessions::Define(Napi::Env env) {
  return DefineClass(env, "Sessions",
                     {
                         InstanceMethod<&Sessions::Replace>("replace"),
                         InstanceMethod<&Sessions::Exists>("exists"),
                         InstanceMethod<&Sessions::TimeLeft>("timeLeft"),
                         InstanceMethod<&Sessions::Count>("count"),
                         InstanceMethod<&Sessions::Clear>("clear"),
                     });
}

Sessions::Sessions(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<Sessions>(info),
      prefix_(info[1].As<Napi::String>().Utf8Value()),
      scan_count_(info[2].As<Napi::Number>().Uint32Value()),
      decoding_(static_cast<Decoding>(info[3].As<Napi::Number>().Uint32Value())) {
  // Null in a Worker that is being terminated: no method is ever called then.
  if (info[4].As<Napi::Boolean>().Value()) {
    const Group* group = Group::Unwrap(info[0].As<Napi::Object>());
    if (group != nullptr) place_ = group->open();
  } else {
    const Client* client = Client::Unwrap(info[0].As<Napi::Object>());
    if (client != nullptr) place_ = client->open();
  }
  if (place_ == nullptr) return;
  const napi_value self = info.This();
  DefineHot<&Sessions::Get>(info.Env(), self, "get");
  DefineHot<&Sessions::Set>(info.Env(), self, "set");
  DefineHot<&Sessions::Touch>(info.Env(), self, "touch");
  DefineHot<&Sessions::Destroy>(info.Env(), self, "destroy");
}

Slot Sessions::SlotOf(const Napi::CallbackInfo& info) const {
  return MakeSlot(info[0].As<Napi::Number>().Uint32Value(), decoding_);
}

Admission Sessions::Get(const Call& call) {
  return place_->source().Get(call.slot(decoding_), prefix_,
                              id_reader_.Read(call.env, call.arguments[1]));
}

Admission Sessions::Set(const Call& call) {
  bool must_exist = false;
  napi_get_value_bool(call.env, call.arguments[4], &must_exist);
  return place_->source().Set(
      call.slot(decoding_), prefix_, id_reader_.Read(call.env, call.arguments[1]),
      value_reader_.Read(call.env, call.arguments[2]), TimeToLiveOf(call.env, call.arguments[3]),
      must_exist ? Existence::kMustExist : Existence::kAny);
}

Admission Sessions::Touch(const Call& call) {
  return place_->source().Touch(call.slot(decoding_), prefix_,
                                id_reader_.Read(call.env, call.arguments[1]),
                                TimeToLiveOf(call.env, call.arguments[2]));
}

Admission Sessions::Destroy(const Call& call) {
  return place_->source().Destroy(call.slot(decoding_), prefix_,
                                  id_reader_.Read(call.env, call.arguments[1]));
}

Napi::Value Sessions::Replace(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  CompareAndSet::Write write;
  write.key = prefix_;
  write.key += id_reader_.Read(env, info[1]);
  write.expected = expected_reader_.Read(env, info[2]);
  write.value = value_reader_.Read(env, info[3]);
  write.time_to_live = TimeToLiveOf(env, info[4]);
  write.once = info[5].As<Napi::Boolean>().Value();
  const Admission admission = place_->source().Replace(SlotOf(info), std::move(write));
  return Tell(env, admission, *place_);
}

std::shared_ptr<Walk> Sessions::NewGetMany(napi_env env, const Napi::Array& ids) {
  std::vector<std::string> keys;
  keys.reserve(ids.Length());
  for (std::uint32_t index = 0; index < ids.Length(); ++index) {
    keys.emplace_back(prefix_) += id_reader_.Read(env, ids.Get(index));
  }
  return place_->source().NewGetMany(std::move(keys), prefix_.size(), scan_count_);
}

Napi::Value Sessions::Exists(const Napi::CallbackInfo& info) {
  const Admission admission =
      place_->source().Exists(SlotOf(info), prefix_, id_reader_.Read(info.Env(), info[1]));
  return Tell(info.Env(), admission, *place_);
}

Napi::Value Sessions::TimeLeft(const Napi::CallbackInfo& info) {
  const Admission admission =
      place_->source().TimeLeft(SlotOf(info), prefix_, id_reader_.Read(info.Env(), info[1]));
  return Tell(info.Env(), admission, *place_);
}

std::shared_ptr<Walk> Sessions::NewWalk(Enumeration::Kind kind, std::size_t batch_size) const {
  return place_->source().NewWalk(kind, prefix_, batch_size);
}

Napi::Value Sessions::Count(const Napi::CallbackInfo& info) {
  const Admission admission = NewWalk(Enumeration::Kind::kCount, scan_count_)->Next(SlotOf(info));
  return Tell(info.Env(), admission, *place_);
}

Napi::Value Sessions::Clear(const Napi::CallbackInfo& info) {
  const Admission admission = place_->source().Clear(SlotOf(info), prefix_, scan_count_);
  return Tell(info.Env(), admission, *place_);
}

Napi::Function EnumerationObject::Define(Napi::Env env) {
  return DefineClass(env, "Enumeration", {InstanceMethod<&EnumerationObject::Next>("next")});
}

EnumerationObject::EnumerationObject(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<EnumerationObject>(info) {
  // Null in a Worker that is being terminated: no method is ever called then.
  Sessions* sessions = Sessions::Unwrap(info[0].As<Napi::Object>());
  if (sessions == nullptr) return;
  place_ = sessions->place();
  decoding_ = sessions->decoding();
  if (info[4].IsArray()) {
    walk_ = sessions->NewGetMany(info.Env(), info[4].As<Napi::Array>());
    return;
  }
  const bool values = info[1].As<Napi::Boolean>().Value();
  const bool ahead = info[3].As<Napi::Boolean>().Value();
  const Enumeration::Kind kind = !values ? Enumeration::Kind::kIds
                                 : ahead ? Enumeration::Kind::kSessionsAhead
                                         : Enumeration::Kind::kSessions;
  walk_ = sessions->NewWalk(kind, info[2].As<Napi::Number>().Uint32Value());
}

Napi::Value EnumerationObject::Next(const Napi::CallbackInfo& info) {
  const Slot slot = MakeSlot(info[0].As<Napi::Number>().Uint32Value(), decoding_);
  return Tell(info.Env(), walk_->Next(slot), *place_);
}

}  // namespace connect_hiredis
