// Where one server listens.
#pragma once

#include <string>

namespace connect_hiredis {

struct Endpoint {
  std::string address;  // numeric, or the path of a unix socket
  int port = 0;         // 0: a path
  // The name that has this address, as the user wrote it, for those who have to tell or check it;
  // empty: there is none.
  std::string host;
};

}  // namespace connect_hiredis
