#include "connection/handshake.h"

#include "protocol/command_writer.h"

namespace connect_hiredis {

Handshake::Handshake(const ConnectionOptions& options) {
  if (options.password || options.username) {
    CommandWriter writer(commands_.emplace_back());
    writer.Begin(options.username ? 3 : 2).Add("AUTH");
    if (options.username) writer.Add(*options.username);
    writer.Add(options.password.value_or(std::string()));
    Expect(Step::kAuthenticate);
  }
  if (options.database != 0) {
    CommandWriter(commands_.emplace_back())
        .Begin(2)
        .Add("SELECT")
        .Add(static_cast<std::int64_t>(options.database));
    Expect(Step::kSelect);
  }
  if (!options.client_name.empty()) {
    CommandWriter(commands_.emplace_back())
        .Begin(3)
        .Add("CLIENT")
        .Add("SETNAME")
        .Add(options.client_name);
    Expect(Step::kCourtesy);
  }
  if (commands_.empty()) {
    // Something has to come back: a proxy accepts for a server that is away.
    CommandWriter(commands_.emplace_back()).Begin(1).Add("PING");
    Expect(Step::kCourtesy);
  }
}

void Handshake::OnReply(const Reply& reply) {
  const Step step = steps_[answered_++];
  if (error_ || reply.is(Reply::Type::kStatus)) return;
  if (!reply.is(Reply::Type::kError)) {
    // An echo, or whatever else listens there.
    error_ = MakeUnexpectedReplyError();
    return;
  }
  Error error = MakeReplyError(reply.text());
  // Some managed servers forbid CLIENT: a name is a courtesy. But a server that wants a password,
  // admits nobody from elsewhere, or has no room for one more says so here too.
  const bool unwelcome = error.reply == "NOAUTH" || error.reply == "DENIED";
  const bool full = error.message.ends_with("max number of clients reached");
  if (step == Step::kCourtesy && !unwelcome && !full) return;
  // Room comes with time.
  refused_ = !full && (step != Step::kCourtesy || unwelcome);
  error_ = std::move(error);
}

}  // namespace connect_hiredis
