#include "connection/handshake.h"

#include <utility>

#include "connection/displacement.h"
#include "protocol/command_writer.h"

namespace connect_hiredis {

std::string MakeAuthentication(const Credentials& credentials) {
  std::string command;
  CommandWriter writer(command);
  writer.Begin(credentials.username ? 3 : 2).Add("AUTH");
  if (credentials.username) writer.Add(*credentials.username);
  writer.Add(credentials.password.value_or(std::string()));
  return command;
}

Handshake::Handshake(const ConnectionOptions& options, const Credentials& credentials,
                     bool for_writes) {
  if (credentials.password || credentials.username) {
    commands_.push_back(MakeAuthentication(credentials));
    steps_.push_back(Step::kAuthenticate);
  }
  if (options.database != 0) Say(Step::kSelect, {"SELECT", std::to_string(options.database)});
  if (!options.client_name.empty()) {
    Say(Step::kCourtesy, {"CLIENT", "SETNAME", options.client_name});
  }
  if (!options.library_version.empty()) {
    // From Redis 7.2 on (https://redis.io/docs/latest/commands/client-setinfo/); what is older
    // does not know it, and says so.
    Say(Step::kCourtesy, {"CLIENT", "SETINFO", "LIB-NAME", "connect-hiredis"});
    Say(Step::kCourtesy, {"CLIENT", "SETINFO", "LIB-VER", options.library_version});
  }
  // Something has to come back, a proxy accepts for a server that is away; and a server that is
  // loading its data, or has lost its master, answers all of the above, but not this.
  Say(Step::kPing, {"PING"});
  // All connections through a unix socket have the same address.
  if (options.socket_path.empty()) Say(Step::kIdentity, {"CLIENT", "INFO"});
  if (for_writes) Say(Step::kRole, {"ROLE"});
}

void Handshake::Say(Step step, std::initializer_list<std::string_view> words) {
  CommandWriter writer(commands_.emplace_back());
  writer.Begin(words.size());
  for (const std::string_view word : words) writer.Add(word);
  steps_.push_back(step);
}

void Handshake::OnReply(const Reply& reply) {
  const Step step = steps_[answered_++];
  if (error_ || reply.is(Reply::Type::kStatus)) return;
  if (step == Step::kRole && reply.is(Reply::Type::kArray)) {
    OnRole(reply);
    return;
  }
  if (step == Step::kIdentity && reply.is(Reply::Type::kString)) {
    identity_ = ReadClientIdentity(reply.text());
    return;
  }
  if (!reply.is(Reply::Type::kError)) {
    // An echo, or whatever else listens there.
    error_ = MakeUnexpectedReplyError();
    return;
  }
  Error error = MakeReplyError(reply.text());
  // Some managed servers forbid CLIENT: a name is a courtesy. But a server that wants a password,
  // admits nobody from elsewhere, or has no room for one more says so here too.
  const bool unwelcome = error.reply == "NOAUTH" || error.reply == "DENIED";
  // These pass with time.
  const bool unready =
      error.message.ends_with("max number of clients reached") || IsUnready(reply.text());
  const bool courtesy = step != Step::kAuthenticate && step != Step::kSelect;
  if (courtesy && !unwelcome && !unready) return;
  refused_ = !unready;
  error_ = std::move(error);
}

// https://redis.io/docs/latest/commands/role/
void Handshake::OnRole(const Reply& reply) {
  if (reply.size() == 0 || reply[0].text() != "slave") return;
  Error error;
  error.code = ErrorCode::kReply;
  error.reply = "READONLY";
  error.message = "The server is a replica, which takes no writes";
  error_ = std::move(error);
}

}  // namespace connect_hiredis
