#include "protocol/reply.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <hiredis/hiredis.h>

namespace connect_hiredis {

namespace {

constexpr std::size_t kMaxErrorText = 160;

// Redis quotes the names of commands as it quotes keys. These are what this client sends, and what
// a script of its own calls; a key of such a name gives nothing away.
constexpr std::array<std::string_view, 28> kCommandNames = {
    "auth", "client",  "del",     "eval",   "evalsha", "exists", "expire",
    "get",  "hello",   "info",    "kill",   "list",    "mget",   "ping",
    "pttl", "persist", "pexpire", "psetex", "role",    "scan",   "select",
    "set",  "setinfo", "setname", "strlen", "time",    "type",   "unlink",
};

bool IsCommandName(std::string_view text) {
  // A subcommand follows a bar: client|setname.
  if (const std::size_t bar = text.find('|'); bar != std::string_view::npos) {
    return IsCommandName(text.substr(0, bar)) && IsCommandName(text.substr(bar + 1));
  }
  return std::any_of(kCommandNames.begin(), kCommandNames.end(), [text](std::string_view name) {
    return std::equal(name.begin(), name.end(), text.begin(), text.end(), [](char one, char other) {
      return one == std::tolower(static_cast<unsigned char>(other));
    });
  });
}

// Where the first quotation begins that may hold a key or an argument, or the text ends. The
// apostrophe of "can't" is none.
std::size_t FindQuotation(std::string_view text) {
  std::size_t at = 0;
  while ((at = text.find_first_of("'`\"\r\n", at)) != std::string_view::npos) {
    const bool apostrophe = at > 0 && text.substr(at - 1).starts_with("n't ");
    if (!apostrophe) {
      const std::size_t end = text.find(text[at], at + 1);
      if (end == std::string_view::npos) break;
      if (!IsCommandName(text.substr(at + 1, end - at - 1))) break;
      at = end;
    }
    ++at;
  }
  return std::min(at, text.size());
}

// At most kMaxErrorText characters of it, and no part of a word.
std::string_view Shorten(std::string_view text) {
  if (text.size() <= kMaxErrorText) return text;
  const std::size_t end = text.find_last_of(' ', kMaxErrorText);
  return text.substr(0, end == std::string_view::npos ? kMaxErrorText : end);
}

}  // namespace

Reply::Type Reply::type() const {
  switch (reply_->type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_VERB:
      return Type::kString;
    case REDIS_REPLY_STATUS:
      return Type::kStatus;
    case REDIS_REPLY_ERROR:
      return Type::kError;
    case REDIS_REPLY_INTEGER:
      return Type::kInteger;
    case REDIS_REPLY_NIL:
      return Type::kNil;
    case REDIS_REPLY_ARRAY:
      return Type::kArray;
    default:
      return Type::kOther;
  }
}

std::string_view Reply::text() const {
  return reply_->str == nullptr ? std::string_view() : std::string_view(reply_->str, reply_->len);
}

std::int64_t Reply::integer() const { return reply_->integer; }

std::size_t Reply::size() const { return reply_->elements; }

Reply Reply::operator[](std::size_t index) const { return Reply(reply_->element[index]); }

Error MakeReplyError(std::string_view text) {
  Error error;
  error.code = ErrorCode::kReply;
  const auto is_of_word = [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '_' || letter == '-';
  };
  const auto* const word_end = std::find_if_not(text.begin(), text.end(), is_of_word);
  error.reply =
      text.substr(0, std::min(static_cast<std::size_t>(word_end - text.begin()), kMaxErrorText));

  // Keys and arguments come in quotes of any of these kinds, or after a colon at the end of
  // "with args beginning with".
  std::string_view safe = Shorten(text.substr(0, FindQuotation(text)));
  if (const auto arguments = safe.find(", with args"); arguments != std::string_view::npos) {
    safe = safe.substr(0, arguments);
  }
  error.message = "Redis replied: ";
  for (const char letter : safe) {
    error.message += std::isprint(static_cast<unsigned char>(letter)) != 0 ? letter : '?';
  }
  while (error.message.back() == ' ') error.message.pop_back();
  return error;
}

std::optional<Error> FindReplyError(std::span<const Reply> replies) {
  const auto error = std::find_if(replies.begin(), replies.end(),
                                  [](const Reply& reply) { return reply.is(Reply::Type::kError); });
  if (error == replies.end()) return std::nullopt;
  return MakeReplyError(error->text());
}

Error MakeUnexpectedReplyError() {
  Error error;
  error.code = ErrorCode::kProtocol;
  error.message = "Redis sent a reply of a type that the command cannot have";
  return error;
}

}  // namespace connect_hiredis
