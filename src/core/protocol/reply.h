// What Redis answered, as a view: valid until the connection reads again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

struct redisReply;

namespace connect_hiredis {

class Reply {
 public:
  enum class Type : std::uint8_t { kString, kStatus, kError, kInteger, kNil, kArray, kOther };

  explicit Reply(const redisReply* reply) : reply_(reply) {}

  [[nodiscard]] Type type() const;
  [[nodiscard]] bool is(Type expected) const { return type() == expected; }

  // Of strings, statuses and errors; else empty.
  [[nodiscard]] std::string_view text() const;
  // Of integers; else 0.
  [[nodiscard]] std::int64_t integer() const;
  // Of arrays; else 0.
  [[nodiscard]] std::size_t size() const;
  // `index` below size().
  [[nodiscard]] Reply operator[](std::size_t index) const;

 private:
  const redisReply* reply_;
};

// An error reply as an Error. Redis quotes keys and arguments in some of its errors: what it
// says is cut before the first quotation.
Error MakeReplyError(std::string_view text);

// The first of `replies` that is an error, as an Error.
std::optional<Error> FindReplyError(std::span<const Reply> replies);

// For a reply of a type that the command cannot have.
Error MakeUnexpectedReplyError();

}  // namespace connect_hiredis
