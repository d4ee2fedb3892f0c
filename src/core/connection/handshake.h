// What is said on a new connection before anything else: AUTH, SELECT, CLIENT SETNAME and SETINFO,
// PING, CLIENT INFO, and ROLE if need be, in one write. RESP2 needs no HELLO.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "connection/client_identity.h"
#include "connection/credentials.h"
#include "connection/options.h"
#include "protocol/reply.h"

namespace connect_hiredis {

// AUTH with these, as RESP.
std::string MakeAuthentication(const Credentials& credentials);

class Handshake {
 public:
  // `for_writes`: a replica will not do. It is asked for its role then, which some users may not.
  Handshake(const ConnectionOptions& options, const Credentials& credentials, bool for_writes);

  // The commands as RESP, one by one; at least one.
  [[nodiscard]] const std::vector<std::string>& commands() const { return commands_; }

  // The reply to the next command.
  void OnReply(const Reply& reply);

  // All replies are there.
  [[nodiscard]] bool complete() const { return answered_ == commands_.size(); }
  // Why the server cannot be used, once that is known.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  // Waiting will not mend it: the password or the database is wrong.
  [[nodiscard]] bool refused() const { return refused_; }
  // As whom the server knows the connection, if it says so; Redis does from 6.2 on.
  [[nodiscard]] const std::optional<ClientIdentity>& identity() const { return identity_; }

 private:
  enum class Step : std::uint8_t { kAuthenticate, kSelect, kCourtesy, kPing, kIdentity, kRole };

  void OnRole(const Reply& reply);
  void Say(Step step, std::initializer_list<std::string_view> words);

  std::vector<std::string> commands_;
  std::vector<Step> steps_;
  std::size_t answered_ = 0;
  std::optional<Error> error_;
  bool refused_ = false;
  std::optional<ClientIdentity> identity_;
};

}  // namespace connect_hiredis
