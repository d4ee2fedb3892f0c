#include "support/two_addresses.h"

#include <cstring>

#include <dlfcn.h>
#include <netdb.h>

// Stands in front of the C library's: libuv finds this one. All other names are the library's.
extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* name,
                                                                  const char* service,
                                                                  const addrinfo* hints,
                                                                  addrinfo** result) {
  static const auto library =
      reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name == nullptr || std::strcmp(name, connect_hiredis::test::kNameOfTwoAddresses) != 0) {
    return library(name, service, hints, result);
  }
  if (const int error = library("::1", service, hints, result); error != 0) return error;
  return library("127.0.0.1", service, hints, &(*result)->ai_next);
}
