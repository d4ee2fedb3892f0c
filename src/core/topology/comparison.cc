#include "topology/comparison.h"

#include <cstdlib>
#include <functional>

namespace connect_hiredis {

namespace {

// Differences of the times to live that are worth a command, in milliseconds.
constexpr std::int64_t kTolerance = 1000;

bool SameExpiry(std::int64_t one, std::int64_t other) {
  if (one < 0 || other < 0) return (one < 0) == (other < 0);
  return std::abs(one - other) <= kTolerance;
}

}  // namespace

std::size_t Comparison::MarkOf(std::string_view value) {
  return std::hash<std::string_view>()(value);
}

Comparison::Verdict Comparison::Judge(const std::string& id, const Copy* source, const Copy* target,
                                      bool second_look) {
  Verdict verdict;
  if (source != nullptr && target != nullptr) {
    verdict = JudgeBoth(id, *source, *target);
  } else if (source != nullptr) {
    verdict = JudgeMissing(id, *source, second_look);
  } else if (target != nullptr) {
    verdict = JudgeStray(id, *target, second_look);
  }
  if (second_look && !verdict.again) {
    written_.erase(id);
    differing_.erase(id);
  }
  return verdict;
}

Comparison::Verdict Comparison::JudgeMissing(const std::string& id, const Copy& source,
                                             bool second_look) {
  if (mode_ == Mode::kAlign) return {};
  if (mode_ == Mode::kRecover) {
    return {.action = second_look ? Action::kCreate : Action::kNothing, .again = !second_look};
  }
  Wrote(id, MarkOf(source.value));
  return {.action = Action::kCreate, .again = true};
}

Comparison::Verdict Comparison::JudgeStray(const std::string& id, const Copy& target,
                                           bool second_look) {
  const std::size_t mark = MarkOf(target.value);
  const auto written = written_.find(id);
  if (written != written_.end() && written->second == mark) {
    return {.action = second_look ? Action::kRemove : Action::kNothing, .again = !second_look};
  }
  if (mode_ != Mode::kMirror) return {};
  if (!IsLasting(id, mark)) return {.again = true};
  return {.action = Action::kRemove};
}

Comparison::Verdict Comparison::JudgeBoth(const std::string& id, const Copy& source,
                                          const Copy& target) {
  const bool same = source.value == target.value;
  if (same && SameExpiry(source.time_to_live, target.time_to_live)) return {};
  switch (mode_) {
    case Mode::kFill:
    case Mode::kRecover:
      return {};
    case Mode::kMirror:
    case Mode::kMend:
      if (!IsLasting(id, MarkOf(source.value) ^ (2 * MarkOf(target.value)))) return {.again = true};
      break;
    case Mode::kAlign:
      break;
  }
  return {.action = same ? Action::kRenew : Action::kReplace};
}

bool Comparison::IsLasting(const std::string& id, std::size_t mark) {
  const auto [before, is_new] = differing_.try_emplace(id, mark);
  if (!is_new && before->second == mark) {
    differing_.erase(before);
    return true;
  }
  before->second = mark;
  return false;
}

}  // namespace connect_hiredis
