// What the addon keeps for each environment (main thread or Worker), and its orderly end.
#pragma once

#include <memory>
#include <vector>

#include <napi.h>
#include <uv.h>

#include "binding/kept.h"
#include "core/loop/lookups.h"

namespace connect_hiredis {

// Instance data. Destroyed by Node after the last cleanup hook has been released.
class Environment {
 public:
  explicit Environment(Napi::Env env);
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() = default;

  static Environment& Of(Napi::Env env);

  static uv_loop_t* LoopOf(Napi::Env env);
  // Of all clients: there is one loop.
  [[nodiscard]] const std::shared_ptr<Lookups>& lookups() const { return lookups_; }

  // Keeps it until Remove.
  void Add(std::shared_ptr<Kept> kept);
  void Remove(const Kept* kept);

 private:
  static void OnCleanup(napi_async_cleanup_hook_handle handle, void* data);
  void ReleaseIfDone();

  std::vector<std::shared_ptr<Kept>> kept_;
  std::shared_ptr<Lookups> lookups_ = std::make_shared<Lookups>();
  napi_async_cleanup_hook_handle cleanup_hook_ = nullptr;
  bool exiting_ = false;
};

}  // namespace connect_hiredis
