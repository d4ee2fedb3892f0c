#include "loop/resolver.h"

#include <algorithm>
#include <array>
#include <utility>

namespace connect_hiredis {

struct Resolver::Request {
  uv_getaddrinfo_t uv{};
  Resolver* resolver = nullptr;  // null once nobody waits for the answer
  Done done;
  std::shared_ptr<CloseBarrier> barrier;
};

namespace {

std::vector<std::string> NumericAddresses(const addrinfo* first) {
  std::vector<std::string> addresses;
  for (const addrinfo* entry = first; entry != nullptr; entry = entry->ai_next) {
    std::array<char, 64> text{};
    const int result = entry->ai_family == AF_INET6
                           ? uv_ip6_name(reinterpret_cast<const sockaddr_in6*>(entry->ai_addr),
                                         text.data(), text.size())
                           : uv_ip4_name(reinterpret_cast<const sockaddr_in*>(entry->ai_addr),
                                         text.data(), text.size());
    if (result != 0) continue;
    std::string address = text.data();
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
      addresses.push_back(std::move(address));
    }
  }
  return addresses;
}

}  // namespace

bool IsNumericAddress(const std::string& host) {
  in6_addr address{};
  return uv_inet_pton(AF_INET, host.c_str(), &address) == 0 ||
         uv_inet_pton(AF_INET6, host.c_str(), &address) == 0;
}

Resolver::Resolver(EventLoop loop) : loop_(std::move(loop)) {}

Resolver::~Resolver() { Cancel(); }

void Resolver::Cancel() {
  if (pending_ == nullptr) return;
  pending_->resolver = nullptr;
  // Fails when a thread has begun with it; its callback then finds nobody waiting.
  uv_cancel(reinterpret_cast<uv_req_t*>(&pending_->uv));
  pending_ = nullptr;
}

int Resolver::Resolve(const std::string& name, Done done) {
  Cancel();
  auto request = std::make_unique<Request>();
  request->uv.data = request.get();
  request->resolver = this;
  request->done = std::move(done);
  request->barrier = loop_.barrier;

  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  const int result = uv_getaddrinfo(
      loop_.loop, &request->uv,
      [](uv_getaddrinfo_t* uv, int status, addrinfo* found) {
        const std::unique_ptr<Request> answered(static_cast<Request*>(uv->data));
        auto addresses = NumericAddresses(found);
        uv_freeaddrinfo(found);
        const auto barrier = std::move(answered->barrier);
        if (answered->resolver != nullptr) {
          answered->resolver->pending_ = nullptr;
          if (status == 0 && addresses.empty()) status = UV_EAI_NODATA;
          answered->done(status, std::move(addresses));
        }
        barrier->Remove();
      },
      name.c_str(), nullptr, &hints);
  if (result != 0) return result;
  loop_.barrier->Add();
  pending_ = request.release();
  return 0;
}

}  // namespace connect_hiredis
