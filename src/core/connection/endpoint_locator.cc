#include "connection/endpoint_locator.h"

#include <utility>

#include "loop/system_error.h"

namespace connect_hiredis {

std::optional<Location> FixedEndpoint::Locate(Done /*done*/) {
  return Location{{endpoint_}, std::nullopt};
}

NameLocator::NameLocator(const EventLoop& loop, std::string host, int port)
    : host_(std::move(host)), port_(port), resolver_(loop) {}

std::optional<Location> NameLocator::Locate(Done done) {
  const int system_error = resolver_.Resolve(
      host_, [this, done = std::move(done)](int error, std::vector<std::string> addresses) {
        done(LocationOf(error, std::move(addresses)));
      });
  if (system_error == 0) return std::nullopt;
  return LocationOf(system_error, {});
}

Location NameLocator::LocationOf(int system_error, std::vector<std::string> addresses) const {
  Location location;
  if (system_error != 0) {
    location.error = MakeSystemError(system_error, "getaddrinfo", host_, port_);
    return location;
  }
  for (std::string& address : addresses) {
    location.endpoints.push_back({std::move(address), port_, host_});
  }
  return location;
}

std::unique_ptr<EndpointLocator> MakeEndpointLocator(const EventLoop& loop,
                                                     const ConnectionOptions& options) {
  if (!options.socket_path.empty()) {
    return std::make_unique<FixedEndpoint>(Endpoint{options.socket_path, 0, {}});
  }
  if (IsNumericAddress(options.host)) {
    return std::make_unique<FixedEndpoint>(Endpoint{options.host, options.port, {}});
  }
  return std::make_unique<NameLocator>(loop, options.host, options.port);
}

}  // namespace connect_hiredis
