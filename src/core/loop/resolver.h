// Resolves names on libuv's thread pool: getaddrinfo on the loop's thread would stop the whole
// application for as long as a name server takes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "loop/close_barrier.h"
#include "loop/lookups.h"

namespace connect_hiredis {

// Whether `host` is an IPv4 or IPv6 address rather than a name.
bool IsNumericAddress(const std::string& host);

// One name at a time. An answer that comes after the resolver is gone, or after Cancel, is
// dropped. Look-ups of one name are shared, see Lookups.
class Resolver final : private LookupWaiter {
 public:
  // `system_error` is 0, or libuv's; `addresses` are numeric, in the system's order of
  // preference, each once.
  using Done = std::function<void(int system_error, std::vector<std::string> addresses)>;

  explicit Resolver(EventLoop loop);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // `done` is called from the loop, never before Resolve has returned; it may destroy the
  // resolver. Returns 0, or libuv's error, and then `done` is never called.
  int Resolve(const std::string& name, Done done);
  void Cancel();

 private:
  void OnAddresses(int system_error, std::vector<std::string> addresses) override;

  EventLoop loop_;
  Done done_;
  std::shared_ptr<Lookup> lookup_;  // that this waits for
};

}  // namespace connect_hiredis
