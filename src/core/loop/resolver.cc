#include "loop/resolver.h"

#include <utility>

namespace connect_hiredis {

bool IsNumericAddress(const std::string& host) {
  in6_addr address{};
  return uv_inet_pton(AF_INET, host.c_str(), &address) == 0 ||
         uv_inet_pton(AF_INET6, host.c_str(), &address) == 0;
}

Resolver::Resolver(EventLoop loop) : loop_(std::move(loop)) {
  if (loop_.lookups == nullptr) loop_.lookups = std::make_shared<Lookups>();
}

Resolver::~Resolver() { Cancel(); }

void Resolver::Cancel() {
  if (const auto lookup = std::exchange(lookup_, nullptr)) Lookups::Leave(*lookup, this);
}

int Resolver::Resolve(const std::string& name, Done done) {
  Cancel();
  int result = 0;
  lookup_ = Lookups::Join(loop_.lookups, loop_, name, this, result);
  done_ = std::move(done);
  return result;
}

void Resolver::OnAddresses(int system_error, std::vector<std::string> addresses) {
  lookup_ = nullptr;
  // A copy of its own: what is called may destroy the resolver.
  const auto done = std::move(done_);
  done(system_error, std::move(addresses));
}

}  // namespace connect_hiredis
