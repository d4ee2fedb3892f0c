#include "support/names.h"

#include <string_view>

#include <dlfcn.h>
#include <netdb.h>

namespace connect_hiredis::test {

std::atomic<int> slow_lookups{0};
std::counting_semaphore<> slow_lookup_release{0};

}  // namespace connect_hiredis::test

using namespace connect_hiredis::test;

// Stands in front of the C library's: libuv finds this one. All other names are the library's.
extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* name,
                                                                  const char* service,
                                                                  const addrinfo* hints,
                                                                  addrinfo** result) {
  static const auto library =
      reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  const std::string_view asked = name == nullptr ? "" : name;
  if (asked == kSlowName) {
    ++slow_lookups;
    slow_lookup_release.acquire();
    return library("127.0.0.1", service, hints, result);
  }
  if (asked != kNameOfTwoAddresses) return library(name, service, hints, result);
  if (const int error = library("::1", service, hints, result); error != 0) return error;
  return library("127.0.0.1", service, hints, &(*result)->ai_next);
}
