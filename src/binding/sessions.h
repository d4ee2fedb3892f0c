// JavaScript's Sessions and Enumeration: the operations under one prefix. See binding.d.ts.
#pragma once

#include <memory>
#include <string>

#include <napi.h>

#include "binding/session_place.h"
#include "binding/string_reader.h"
#include "binding/values.h"
#include "core/session/source.h"

namespace connect_hiredis {

class Sessions final : public Napi::ObjectWrap<Sessions> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit Sessions(const Napi::CallbackInfo& info);

  // For EnumerationObject.
  [[nodiscard]] const std::shared_ptr<SessionPlace>& place() const { return place_; }
  [[nodiscard]] Decoding decoding() const { return decoding_; }
  [[nodiscard]] std::shared_ptr<Walk> NewWalk(Enumeration::Kind kind, std::size_t batch_size) const;
  [[nodiscard]] std::shared_ptr<Walk> NewGetMany(napi_env env, const Napi::Array& ids);

 private:
  struct Call;
  template <Admission (Sessions::*operation)(const Call&)>
  void DefineHot(napi_env env, napi_value object, const char* name);
  Admission Get(const Call& call);
  Admission Set(const Call& call);
  Admission Touch(const Call& call);
  Admission Destroy(const Call& call);

  Napi::Value Replace(const Napi::CallbackInfo& info);
  Napi::Value Exists(const Napi::CallbackInfo& info);
  Napi::Value TimeLeft(const Napi::CallbackInfo& info);
  Napi::Value Count(const Napi::CallbackInfo& info);
  Napi::Value Clear(const Napi::CallbackInfo& info);

  Slot SlotOf(const Napi::CallbackInfo& info) const;

  std::shared_ptr<SessionPlace> place_;
  std::string prefix_;
  std::size_t scan_count_;
  Decoding decoding_;
  StringReader id_reader_;
  StringReader value_reader_;
  StringReader expected_reader_;
};

class EnumerationObject final : public Napi::ObjectWrap<EnumerationObject> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit EnumerationObject(const Napi::CallbackInfo& info);

 private:
  Napi::Value Next(const Napi::CallbackInfo& info);

  std::shared_ptr<SessionPlace> place_;
  std::shared_ptr<Walk> walk_;
  Decoding decoding_ = Decoding::kAuto;
};

}  // namespace connect_hiredis
