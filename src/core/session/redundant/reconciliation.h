// Makes one server have the sessions that others have: fetches them from all, in batches, and
// writes, renews or removes what differs, as a Comparison says. What somebody else writes meanwhile
// is neither overwritten nor removed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "loop/clock.h"
#include "session/redundant/errands.h"
#include "topology/comparison.h"

namespace connect_hiredis {

class Reconciliation final : public std::enable_shared_from_this<Reconciliation> {
 public:
  using Mode = Comparison::Mode;

  static constexpr std::size_t kBatchSize = 100;
  // What is held of one server at a time is to be no more than this, if sessions have about the
  // length of those before them.
  static constexpr std::size_t kMostBytes = 16UL * 1024 * 1024;
  // What was written, or is to be removed, is looked at again after this time: the command of
  // somebody who stores or destroys the session may reach one server before the other.
  static constexpr std::chrono::milliseconds kSecondLook{1000};

  // At least one source; where they differ, the first that has a session is right. `done` is told
  // whether all was done: it is not when a connection broke, because the server may have been
  // another one before and after that. The errands must outlive this, or Cancel be called.
  using Done = std::function<void(bool complete)>;
  static std::shared_ptr<Reconciliation> Create(
      std::vector<Errands*> sources, Errands* target, Comparison comparison, Done done,
      std::chrono::milliseconds second_look = kSecondLook);
  Reconciliation(const Reconciliation&) = delete;
  Reconciliation& operator=(const Reconciliation&) = delete;
  ~Reconciliation() = default;

  // One of these, once.
  void BeginWith(std::vector<std::string> ids);
  // All that any of them has.
  void BeginWithAll();

  // To be called now and then, but in the mode kAlign: it waits for some things.
  void LookAtTime(Nanoseconds now);
  // `done` will not be called.
  void Cancel() { done_ = nullptr; }

  // How many sessions the target lacked.
  [[nodiscard]] std::uint64_t filled() const { return filled_; }
  // Whether the sources had any of those that were compared last.
  [[nodiscard]] bool found() const { return !at_sources_.empty(); }

 private:
  using Sessions = std::unordered_map<std::string, Errands::Found>;

  Reconciliation(std::vector<Errands*> sources, Errands* target, Comparison comparison, Done done,
                 std::chrono::milliseconds second_look);

  void Proceed();
  void NextIds();
  void Compare(std::vector<std::string> ids, bool second_look);
  void Take(Sessions& side, Errands::Outcome outcome);
  void AdaptBatch();
  void Mend();
  void MendOne(const std::string& id);
  void Carry(Comparison::Action action, const Errands::Found* source, const Errands::Found* target);
  [[nodiscard]] bool Broken() const;
  void Change(bool sent);
  void OnChanged(const Errands::Outcome& outcome);
  void OnReplaced(const std::string& id, const Errands::Outcome& outcome);
  void End(bool complete);

  std::vector<Errands*> sources_;
  std::vector<std::uint64_t> epochs_;  // of the sources' connections, and of the target's
  Errands* target_;
  Comparison comparison_;
  Done done_;
  std::chrono::milliseconds pause_;  // until the second look

  std::vector<std::string> ids_;  // still to be compared
  std::size_t at_once_ = 1;       // so many of them
  // And after these the ids of these, the last first.
  std::vector<std::pair<Errands*, std::shared_ptr<Enumeration>>> walks_;
  // To be looked at again, and since when.
  std::deque<std::pair<Nanoseconds, std::string>> doubtful_;
  std::size_t conflicts_ = 0;

  std::size_t pending_ = 0;  // outcomes that the batch waits for
  bool failed_ = false;
  bool second_look_ = false;
  std::vector<std::string> batch_;
  Sessions at_sources_;
  Sessions at_target_;
  std::vector<Sessions> answers_;  // of each source
  std::uint64_t filled_ = 0;
};

}  // namespace connect_hiredis
