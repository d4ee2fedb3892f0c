#include "loop/lookups.h"

#include <algorithm>
#include <array>
#include <utility>

namespace connect_hiredis {

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

class Lookup {
 public:
  Lookup(std::shared_ptr<Lookups> lookups, std::string name)
      : lookups_(std::move(lookups)), name_(std::move(name)) {
    uv_.data = this;
  }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  ~Lookup() = default;

  static int Begin(const std::shared_ptr<Lookup>& lookup, uv_loop_t* loop) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    const int result = uv_getaddrinfo(
        loop, &lookup->uv_,
        [](uv_getaddrinfo_t* uv, int status, addrinfo* found) {
          auto addresses = NumericAddresses(found);
          uv_freeaddrinfo(found);
          if (status == 0 && addresses.empty()) status = UV_EAI_NODATA;
          static_cast<Lookup*>(uv->data)->Answer(status, addresses);
        },
        lookup->name_.c_str(), nullptr, &hints);
    if (result == 0) lookup->self_ = lookup;
    return result;
  }

  void Join(LookupWaiter* waiter, std::shared_ptr<CloseBarrier> barrier) {
    barrier->Add();
    waiting_.push_back({waiter, std::move(barrier)});
  }

  void Leave(const LookupWaiter* waiter) {
    const auto place = std::find_if(waiting_.begin(), waiting_.end(),
                                    [waiter](const auto& each) { return each.waiter == waiter; });
    place->waiter = nullptr;
    const auto barrier = place->barrier;
    if (!answering_) {
      waiting_.erase(place);
      if (waiting_.empty() && keeper_ == nullptr) {
        keeper_ = barrier;
        // Fails when a thread has begun with it: then the next to ask for the name waits for it.
        if (uv_cancel(reinterpret_cast<uv_req_t*>(&uv_)) == 0) lookups_->under_way_.erase(name_);
        return;
      }
    }
    barrier->Remove();
  }

 private:
  struct Waiting {
    LookupWaiter* waiter;  // null: it was told, or has left
    std::shared_ptr<CloseBarrier> barrier;
  };

  // Called by libuv, once.
  void Answer(int status, const std::vector<std::string>& addresses) {
    const auto self = std::move(self_);
    answering_ = true;
    if (const auto place = lookups_->under_way_.find(name_);
        place != lookups_->under_way_.end() && place->second == self) {
      lookups_->under_way_.erase(place);
    }
    // Who is told may make others leave: they keep their places.
    for (Waiting& waiting : waiting_) {
      LookupWaiter* waiter = std::exchange(waiting.waiter, nullptr);
      if (waiter == nullptr) continue;
      const auto barrier = waiting.barrier;
      waiter->OnAddresses(status, addresses);
      barrier->Remove();
    }
    if (keeper_ != nullptr) keeper_->Remove();
  }

  uv_getaddrinfo_t uv_{};
  std::shared_ptr<Lookups> lookups_;
  std::string name_;
  std::vector<Waiting> waiting_;
  std::shared_ptr<CloseBarrier> keeper_;  // held since nobody waited
  std::shared_ptr<Lookup> self_;          // while libuv has it
  bool answering_ = false;
};

std::shared_ptr<Lookup> Lookups::Join(const std::shared_ptr<Lookups>& lookups,
                                      const EventLoop& loop, const std::string& name,
                                      LookupWaiter* waiter, int& result) {
  result = 0;
  const auto place = lookups->under_way_.find(name);
  auto lookup = place == lookups->under_way_.end() ? nullptr : place->second;
  if (lookup == nullptr) {
    lookup = std::make_shared<Lookup>(lookups, name);
    result = Lookup::Begin(lookup, loop.loop);
    if (result != 0) return nullptr;
    lookups->under_way_.emplace(name, lookup);
  }
  lookup->Join(waiter, loop.barrier);
  return lookup;
}

void Lookups::Leave(Lookup& lookup, const LookupWaiter* waiter) { lookup.Leave(waiter); }

}  // namespace connect_hiredis
