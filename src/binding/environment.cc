#include "binding/environment.h"

#include <algorithm>
#include <random>
#include <utility>

namespace connect_hiredis {

namespace {

uv_loop_t* LoopOf(Napi::Env env) {
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(env, &loop);
  return loop;
}

}  // namespace

// ---- OpenClient ----

OpenClient::OpenClient(Napi::Env env, ConnectionOptions options, const Napi::Object& receiver)
    : env_(env),
      delivery_(env, receiver),
      connection_(LoopOf(env), std::move(options), this, std::random_device()()),
      operations_(&connection_, &delivery_) {}

void OpenClient::Terminate() {
  delivery_.Silence();
  connection_.Abort();
}

void OpenClient::OnClosed() {
  // Whoever waits for the end finds every operation settled.
  delivery_.Flush();
  delivery_.AddEvent("close", std::nullopt);
  delivery_.Flush();
  delivery_.Release();
  // Perhaps the end of this object.
  Environment::Of(env_).Remove(this);
}

// ---- Environment ----

Environment::Environment(Napi::Env env) {
  napi_add_async_cleanup_hook(env, &Environment::OnCleanup, this, &cleanup_hook_);
}

Environment& Environment::Of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

void Environment::Add(std::shared_ptr<OpenClient> client) { clients_.push_back(std::move(client)); }

void Environment::Remove(const OpenClient* client) {
  const auto found =
      std::find_if(clients_.begin(), clients_.end(),
                   [client](const auto& candidate) { return candidate.get() == client; });
  if (found == clients_.end()) return;
  const auto last_reference = std::move(*found);
  clients_.erase(found);
  ReleaseIfDone();
}

// Node waits for the hook's release while the loop goes on: handles get their close callbacks.
// A synchronous hook, or closing from a finalizer, would leave libuv with freed handles.
void Environment::OnCleanup(napi_async_cleanup_hook_handle /*handle*/, void* data) {
  auto& self = *static_cast<Environment*>(data);
  self.exiting_ = true;
  for (const auto& client : std::vector(self.clients_)) client->Terminate();
  self.ReleaseIfDone();
}

void Environment::ReleaseIfDone() {
  if (!exiting_ || !clients_.empty() || cleanup_hook_ == nullptr) return;
  napi_remove_async_cleanup_hook(std::exchange(cleanup_hook_, nullptr));
}

}  // namespace connect_hiredis
