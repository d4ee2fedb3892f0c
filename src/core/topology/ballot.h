// What several servers say to one question, and when that is an answer. A server is a bit.
#pragma once

#include <cstdint>

namespace connect_hiredis {

using Servers = std::uint32_t;

inline constexpr std::uint32_t kMaxServers = 16;

constexpr Servers ServerBit(std::uint32_t index) { return Servers{1} << index; }

// Begun with the servers that are asked, those among them that decide, and those among these that
// vouch for what they do not have. First comes who has the session: one such answer of a server
// that decides is enough. That there is none is so when nobody has it that decides and can still
// be heard, and one says so that vouches for it.
class Ballot {
 public:
  enum class Verdict : std::uint8_t {
    kOpen,   // others are still to be heard
    kYes,    // there is one
    kNo,     // there is none
    kFailed  // nobody could say, or may
  };

  Ballot() = default;
  Ballot(Servers asked, Servers deciding, Servers vouching)
      : deciding_(deciding & asked), vouching_(vouching & asked), outstanding_(asked) {}

  void SayYes(Servers server) { Say(server, yes_); }
  void SayNo(Servers server) { Say(server, no_); }
  // It cannot, or what it says is not to be relied upon.
  void Abstain(Servers server) { Say(server, abstained_); }

  // `heard`: the servers whose answers are waited for.
  [[nodiscard]] Verdict Count(Servers heard) const {
    if ((yes_ & deciding_) != 0) return Verdict::kYes;
    if ((outstanding_ & deciding_ & heard) != 0) return Verdict::kOpen;
    if ((no_ & vouching_) != 0) return Verdict::kNo;
    // None of those that were to decide has an opinion that counts.
    if (yes_ != 0) return Verdict::kYes;
    return (outstanding_ & heard) != 0 ? Verdict::kOpen : Verdict::kFailed;
  }

  // Of something that is done rather than asked: all are waited for, so that whoever hears of it
  // and goes on finds it done everywhere.
  [[nodiscard]] Verdict CountAll(Servers heard) const {
    return (outstanding_ & heard) != 0 ? Verdict::kOpen : Count(0);
  }

  [[nodiscard]] Servers outstanding() const { return outstanding_; }
  [[nodiscard]] Servers yes() const { return yes_; }
  [[nodiscard]] Servers no() const { return no_; }
  [[nodiscard]] Servers abstained() const { return abstained_; }
  [[nodiscard]] Servers vouching() const { return vouching_; }

 private:
  void Say(Servers server, Servers& side) {
    outstanding_ &= ~server;
    side |= server;
  }

  Servers deciding_ = 0;
  Servers vouching_ = 0;
  Servers outstanding_ = 0;
  Servers yes_ = 0;
  Servers no_ = 0;
  Servers abstained_ = 0;
};

}  // namespace connect_hiredis
