#include "binding/sessions.h"

#include <chrono>
#include <utility>

#include "binding/client.h"
#include "core/session/compare_and_set.h"
#include "core/session/get_many.h"

namespace connect_hiredis {

namespace {

// Undefined if the operation was taken.
Napi::Value Tell(Napi::Env env, Admission admission, OpenClient& open) {
  if (admission == Admission::kAccepted) return env.Undefined();
  const Error error = MakeAdmissionError(admission, open.connection());
  open.delivery().CountError(error);
  return {env, MakeFailure(env, error)};
}

// 0 stands for no expiry.
Operations::TimeToLiveOption TimeToLiveOf(const Napi::Value& value) {
  const std::chrono::milliseconds time_to_live(value.As<Napi::Number>().Int64Value());
  if (time_to_live.count() == 0) return std::nullopt;
  return time_to_live;
}

}  // namespace

Napi::Function Sessions::Define(Napi::Env env) {
  return DefineClass(env, "Sessions",
                     {
                         InstanceMethod<&Sessions::Get>("get"),
                         InstanceMethod<&Sessions::Set>("set"),
                         InstanceMethod<&Sessions::Touch>("touch"),
                         InstanceMethod<&Sessions::Destroy>("destroy"),
                         InstanceMethod<&Sessions::Replace>("replace"),
                         InstanceMethod<&Sessions::GetMany>("getMany"),
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
  const Client* client = Client::Unwrap(info[0].As<Napi::Object>());
  if (client != nullptr) open_ = client->open();
}

Slot Sessions::SlotOf(const Napi::CallbackInfo& info) const {
  return MakeSlot(info[0].As<Napi::Number>().Uint32Value(), decoding_);
}

Napi::Value Sessions::Get(const Napi::CallbackInfo& info) {
  const Admission admission =
      open_->operations().Get(SlotOf(info), prefix_, id_reader_.Read(info.Env(), info[1]));
  return Tell(info.Env(), admission, *open_);
}

Napi::Value Sessions::Set(const Napi::CallbackInfo& info) {
  const bool must_exist = info[4].As<Napi::Boolean>().Value();
  const Admission admission =
      open_->operations().Set(SlotOf(info), prefix_, id_reader_.Read(info.Env(), info[1]),
                              value_reader_.Read(info.Env(), info[2]), TimeToLiveOf(info[3]),
                              must_exist ? Existence::kMustExist : Existence::kAny);
  return Tell(info.Env(), admission, *open_);
}

Napi::Value Sessions::Touch(const Napi::CallbackInfo& info) {
  const Admission admission = open_->operations().Touch(
      SlotOf(info), prefix_, id_reader_.Read(info.Env(), info[1]), TimeToLiveOf(info[2]));
  return Tell(info.Env(), admission, *open_);
}

Napi::Value Sessions::Destroy(const Napi::CallbackInfo& info) {
  const Admission admission =
      open_->operations().Destroy(SlotOf(info), prefix_, id_reader_.Read(info.Env(), info[1]));
  return Tell(info.Env(), admission, *open_);
}

Napi::Value Sessions::Replace(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  CompareAndSet::Write write;
  write.key = prefix_;
  write.key += id_reader_.Read(env, info[1]);
  write.expected = expected_reader_.Read(env, info[2]);
  write.value = value_reader_.Read(env, info[3]);
  write.time_to_live = TimeToLiveOf(info[4]);
  write.once = info[5].As<Napi::Boolean>().Value();
  const Admission admission =
      CompareAndSet::Run(&open_->connection(), &open_->delivery(), SlotOf(info), std::move(write));
  return Tell(env, admission, *open_);
}

Napi::Value Sessions::GetMany(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto ids = info[1].As<Napi::Array>();
  std::vector<std::string> keys;
  keys.reserve(ids.Length());
  for (std::uint32_t index = 0; index < ids.Length(); ++index) {
    keys.emplace_back(prefix_) += id_reader_.Read(env, ids.Get(index));
  }
  const Admission admission =
      connect_hiredis::GetMany::Run(&open_->connection(), &open_->delivery(), SlotOf(info),
                                    std::move(keys), prefix_.size(), scan_count_);
  return Tell(env, admission, *open_);
}

Napi::Value Sessions::Exists(const Napi::CallbackInfo& info) {
  const Admission admission =
      open_->operations().Exists(SlotOf(info), prefix_, id_reader_.Read(info.Env(), info[1]));
  return Tell(info.Env(), admission, *open_);
}

Napi::Value Sessions::TimeLeft(const Napi::CallbackInfo& info) {
  const Admission admission =
      open_->operations().TimeLeft(SlotOf(info), prefix_, id_reader_.Read(info.Env(), info[1]));
  return Tell(info.Env(), admission, *open_);
}

std::shared_ptr<Enumeration> Sessions::NewEnumeration(Enumeration::Kind kind,
                                                      std::size_t batch_size) const {
  return Enumeration::Create(&open_->connection(), &open_->delivery(), kind, prefix_, batch_size);
}

Napi::Value Sessions::Run(const Napi::CallbackInfo& info, Enumeration::Kind kind) {
  const Admission admission = NewEnumeration(kind, scan_count_)->Next(SlotOf(info));
  return Tell(info.Env(), admission, *open_);
}

Napi::Value Sessions::Count(const Napi::CallbackInfo& info) {
  return Run(info, Enumeration::Kind::kCount);
}

Napi::Value Sessions::Clear(const Napi::CallbackInfo& info) {
  return Run(info, Enumeration::Kind::kClear);
}

Napi::Function EnumerationObject::Define(Napi::Env env) {
  return DefineClass(env, "Enumeration", {InstanceMethod<&EnumerationObject::Next>("next")});
}

EnumerationObject::EnumerationObject(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<EnumerationObject>(info) {
  // Null in a Worker that is being terminated: no method is ever called then.
  const Sessions* sessions = Sessions::Unwrap(info[0].As<Napi::Object>());
  if (sessions == nullptr) return;
  const bool values = info[1].As<Napi::Boolean>().Value();
  open_ = sessions->open();
  decoding_ = sessions->decoding();
  enumeration_ =
      sessions->NewEnumeration(values ? Enumeration::Kind::kSessions : Enumeration::Kind::kIds,
                               info[2].As<Napi::Number>().Uint32Value());
}

Napi::Value EnumerationObject::Next(const Napi::CallbackInfo& info) {
  const Slot slot = MakeSlot(info[0].As<Napi::Number>().Uint32Value(), decoding_);
  return Tell(info.Env(), enumeration_->Next(slot), *open_);
}

}  // namespace connect_hiredis
