// JavaScript's Group: several clients that have the same sessions. See binding.d.ts.
#pragma once

#include <memory>

#include <napi.h>

#include "binding/open_group.h"

namespace connect_hiredis {

class Group final : public Napi::ObjectWrap<Group> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit Group(const Napi::CallbackInfo& info);

  [[nodiscard]] const std::shared_ptr<OpenGroup>& open() const { return open_; }

 private:
  void Close(const Napi::CallbackInfo& info);
  Napi::Value Report(const Napi::CallbackInfo& info);

  std::shared_ptr<OpenGroup> open_;
};

}  // namespace connect_hiredis
