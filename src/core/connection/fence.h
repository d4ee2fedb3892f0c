// Bytes of a connection that broke may reach the server long after it: a proxy or the network has
// held them. They would undo what was written on the next connection meanwhile. So the server is
// asked to end the old connection before anything else is sent on the new one.
//
// A stranger must never be ended. Ids begin anew with each run of a server, and ports are used
// again: CLIENT KILL names id and address, and is sent only to the address of the server where the
// old connection was, and only if the new connection's id is the higher one, as within one run it
// is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "connection/client_identity.h"

namespace connect_hiredis {

class Fence {
 public:
  struct Commands {
    std::string wire;  // RESP
    std::size_t count = 0;
  };

  // A connection is ready, as this client of the server's. What is to be sent on it before all
  // else, each to be answered once; perhaps nothing.
  Commands OnReady(std::optional<ClientIdentity> identity);
  // One of them was answered: the old connection is ended, or gone, or must not be ended.
  void OnAnswer();
  // The connection broke; `owed`: before all was answered.
  void OnBroken(bool owed);

 private:
  struct Left {
    ClientIdentity identity;
    bool asked;  // on the connection that is ready
  };

  std::optional<ClientIdentity> current_;
  std::vector<Left> left_;  // not known to be ended, the oldest first
};

}  // namespace connect_hiredis
