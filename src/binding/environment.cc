#include "binding/environment.h"

#include <algorithm>
#include <utility>

namespace connect_hiredis {

Environment::Environment(Napi::Env env) {
  napi_add_async_cleanup_hook(env, &Environment::OnCleanup, this, &cleanup_hook_);
}

Environment& Environment::Of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

uv_loop_t* Environment::LoopOf(Napi::Env env) {
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(env, &loop);
  return loop;
}

void Environment::Add(std::shared_ptr<Kept> kept) { kept_.push_back(std::move(kept)); }

void Environment::Remove(const Kept* kept) {
  const auto found = std::find_if(kept_.begin(), kept_.end(), [kept](const auto& candidate) {
    return candidate.get() == kept;
  });
  if (found == kept_.end()) return;
  const auto last_reference = std::move(*found);
  kept_.erase(found);
  ReleaseIfDone();
}

// Node waits for the hook's release while the loop goes on: handles get their close callbacks.
// A synchronous hook, or closing from a finalizer, would leave libuv with freed handles.
void Environment::OnCleanup(napi_async_cleanup_hook_handle /*handle*/, void* data) {
  auto& self = *static_cast<Environment*>(data);
  self.exiting_ = true;
  for (const auto& kept : std::vector(self.kept_)) kept->Terminate();
  self.ReleaseIfDone();
}

void Environment::ReleaseIfDone() {
  if (!exiting_ || !kept_.empty() || cleanup_hook_ == nullptr) return;
  napi_remove_async_cleanup_hook(std::exchange(cleanup_hook_, nullptr));
}

}  // namespace connect_hiredis
