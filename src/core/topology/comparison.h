// What is to be done about one session that a server has, or lacks, and others have, or lack. It
// is removed for two reasons only: this process has put it there itself, as a copy of what those
// have had that lack it now; or these vouch for what they do not have (Mode::kMirror).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace connect_hiredis {

class Comparison {
 public:
  enum class Mode : std::uint8_t {
    kMirror,   // the target has, at the end, what the sources have, and nothing else
    kMend,     // it has what they have; what they do not have it keeps
    kFill,     // the same, and where they differ it keeps its own
    kAlign,    // what they and the target have is the same
    kRecover,  // it gets what it still lacks at the second look
  };
  enum class Action : std::uint8_t { kNothing, kCreate, kReplace, kRenew, kRemove };

  struct Copy {
    std::string_view value;
    std::int64_t time_to_live = -1;  // milliseconds; below 0: it never expires
  };
  struct Verdict {
    Action action = Action::kNothing;
    // To be looked at once more, later: a command of somebody who writes or destroys the session
    // may have reached one server before the other.
    bool again = false;
  };

  explicit Comparison(Mode mode) : mode_(mode) {}

  [[nodiscard]] Mode mode() const { return mode_; }
  // Stands for a value.
  static std::size_t MarkOf(std::string_view value);
  // This process has stored this on the target.
  void Wrote(std::string_view id, std::size_t mark) {
    written_.insert_or_assign(std::string(id), mark);
  }

  // `source`: what the sources have; `target`: what the target has. Null: nothing.
  Verdict Judge(const std::string& id, const Copy* source, const Copy* target, bool second_look);

 private:
  Verdict JudgeMissing(const std::string& id, const Copy& source, bool second_look);
  Verdict JudgeStray(const std::string& id, const Copy& target, bool second_look);
  Verdict JudgeBoth(const std::string& id, const Copy& source, const Copy& target);
  bool IsLasting(const std::string& id, std::size_t mark);

  Mode mode_;
  std::unordered_map<std::string, std::size_t> written_;
  // What differed, by a mark of both: only what is the same at the second look is no write that was
  // under way.
  std::unordered_map<std::string, std::size_t> differing_;
};

}  // namespace connect_hiredis
