#include "binding/open_client.h"

#include <random>
#include <utility>

#include "binding/environment.h"
#include "binding/open_group.h"

namespace connect_hiredis {

OpenClient::OpenClient(Napi::Env env, ConnectionOptions options, const Napi::Object& receiver)
    : env_(env),
      delivery_(env, receiver),
      connection_(Environment::LoopOf(env), std::move(options), this, std::random_device()(),
                  Environment::Of(env).lookups()),
      source_(&connection_, &delivery_) {}

void OpenClient::Join(OpenGroup* group, std::size_t index) {
  if (closed_) {
    group->OnClosed(index);
  } else {
    groups_.push_back({group, index});
  }
}

void OpenClient::Terminate() {
  delivery_.Silence();
  connection_.Abort();
}

void OpenClient::OnError(const Error& error) {
  for (const auto& [group, index] : groups_) group->OnTrouble(index);
  delivery_.AddEvent("error", error);
}

void OpenClient::OnTurnEnd() {
  // By index: JavaScript may make groups meanwhile.
  for (std::size_t place = 0; place < groups_.size(); ++place) {
    groups_[place].group->OnTurnEnd(groups_[place].index);
  }
  delivery_.Flush();
}

void OpenClient::OnClosed() {
  // Whoever waits for the end finds every operation settled.
  delivery_.Flush();
  closed_ = true;
  for (const auto& [group, index] : std::exchange(groups_, {})) group->OnClosed(index);
  delivery_.AddEvent("close", std::nullopt);
  delivery_.Flush();
  delivery_.Release();
  // Perhaps the end of this object.
  Environment::Of(env_).Remove(this);
}

}  // namespace connect_hiredis
