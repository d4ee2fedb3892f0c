// Several connections that have the same sessions, with the way of their outcomes to JavaScript.
// Belongs to the environment until all of them are closed.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <napi.h>

#include "binding/delivery.h"
#include "binding/kept.h"
#include "binding/open_client.h"
#include "binding/session_place.h"
#include "core/session/redundant/redundancy.h"

namespace connect_hiredis {

class OpenGroup final : public Kept, public SessionPlace {
 public:
  OpenGroup(Napi::Env env, std::vector<std::shared_ptr<OpenClient>> clients,
            RedundancyOptions options, const Napi::Object& receiver);

  Delivery& delivery() override { return delivery_; }
  SessionSource& source() override { return redundancy_; }
  Redundancy& redundancy() { return redundancy_; }

  // Once, when the environment has it: all its clients may be closed already.
  void Begin();

  // Of its clients.
  void OnTrouble(std::size_t index) { redundancy_.OnTrouble(index); }
  void OnTurnEnd(std::size_t index) { redundancy_.OnTurnEnd(index); }
  void OnClosed(std::size_t index);
  // Its clients are closed by the environment.
  void Terminate() override { delivery_.Silence(); }

 private:
  Napi::Env env_;
  std::vector<std::shared_ptr<OpenClient>> clients_;
  Delivery delivery_;
  EventLoop loop_;
  Redundancy redundancy_;
};

}  // namespace connect_hiredis
