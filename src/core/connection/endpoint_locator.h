// Finds out where a server listens, for each attempt to connect anew.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "connection/endpoint.h"
#include "connection/options.h"
#include "loop/resolver.h"

namespace connect_hiredis {

// Endpoints in the order in which they are to be tried; none: `error` says why.
struct Location {
  std::vector<Endpoint> endpoints;
  std::optional<Error> error;
};

class EndpointLocator {
 public:
  using Done = std::function<void(Location location)>;

  virtual ~EndpointLocator() = default;

  // What is known at once; else `done` is called from the loop, unless Cancel or the next Locate
  // comes first. It may destroy the locator.
  [[nodiscard]] virtual std::optional<Location> Locate(Done done) = 0;
  virtual void Cancel() = 0;
};

// A unix socket or a numeric address.
class FixedEndpoint final : public EndpointLocator {
 public:
  explicit FixedEndpoint(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

  std::optional<Location> Locate(Done done) override;
  void Cancel() override {}

 private:
  Endpoint endpoint_;
};

// All addresses of a name, in the system's order.
class NameLocator final : public EndpointLocator {
 public:
  NameLocator(const EventLoop& loop, std::string host, int port);

  std::optional<Location> Locate(Done done) override;
  void Cancel() override { resolver_.Cancel(); }

 private:
  [[nodiscard]] Location LocationOf(int system_error, std::vector<std::string> addresses) const;

  std::string host_;
  int port_;
  Resolver resolver_;
};

// The one for where `options` say that the server is.
std::unique_ptr<EndpointLocator> MakeEndpointLocator(const EventLoop& loop,
                                                     const ConnectionOptions& options);

}  // namespace connect_hiredis
