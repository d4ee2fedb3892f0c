#include "binding/open_group.h"

#include <utility>

#include "binding/environment.h"

namespace connect_hiredis {

namespace {

std::vector<Connection*> ConnectionsOf(const std::vector<std::shared_ptr<OpenClient>>& clients) {
  std::vector<Connection*> connections;
  for (const auto& client : clients) connections.push_back(&client->connection());
  return connections;
}

}  // namespace

OpenGroup::OpenGroup(Napi::Env env, std::vector<std::shared_ptr<OpenClient>> clients,
                     RedundancyOptions options, const Napi::Object& receiver)
    : env_(env),
      clients_(std::move(clients)),
      delivery_(env, receiver),
      loop_{Environment::LoopOf(env), std::make_shared<CloseBarrier>()},
      redundancy_(loop_, ConnectionsOf(clients_), std::move(options), &delivery_,
                  [this] { delivery_.Flush(); }) {}

void OpenGroup::Begin() {
  for (std::size_t index = 0; index < clients_.size(); ++index) clients_[index]->Join(this, index);
}

void OpenGroup::OnClosed(std::size_t index) {
  redundancy_.OnClosed(index);
  if (!redundancy_.closed()) return;
  delivery_.Release();
  loop_.barrier->OnceEmpty([this] { Environment::Of(env_).Remove(this); });
}

}  // namespace connect_hiredis
