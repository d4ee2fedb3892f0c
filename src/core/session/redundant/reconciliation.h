// Makes one server have the sessions that another one has: fetches them from both, in batches, and
// writes, renews or removes what differs. What others write meanwhile is not overwritten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "loop/clock.h"
#include "session/redundant/errands.h"

namespace connect_hiredis {

class Reconciliation final : public std::enable_shared_from_this<Reconciliation> {
 public:
  static constexpr std::size_t kBatchSize = 100;
  // A session that is there and not at the source may just have been stored by somebody whose
  // command has not arrived there yet: it is looked at again after this time.
  static constexpr std::chrono::milliseconds kSecondLook{1000};

  // `done` is told whether all was done. Both errands must outlive this, or Cancel be called.
  using Done = std::function<void(bool complete)>;
  static std::shared_ptr<Reconciliation> Create(Errands* source, Errands* target, Done done);
  Reconciliation(const Reconciliation&) = delete;
  Reconciliation& operator=(const Reconciliation&) = delete;
  ~Reconciliation() = default;

  // One of these, once. With `removes`, what the source lacks is removed from the target.
  void BeginWith(std::vector<std::string> ids, bool removes);
  // All that the source has, then all that the target has; removes.
  void BeginWithAll();

  // To be called now and then: it waits for some things.
  void LookAtTime(Nanoseconds now);
  // `done` will not be called.
  void Cancel();

  // How many sessions the target lacked.
  [[nodiscard]] std::uint64_t filled() const { return filled_; }

 private:
  Reconciliation(Errands* source, Errands* target, Done done);

  void Proceed();
  void NextIds();
  void Compare(std::vector<std::string> ids, bool second_look);
  void Mend(bool second_look);
  void Change(bool sent);
  void OnChanged(const Errands::Outcome& outcome);
  void OnReplaced(const std::string& id, const Errands::Outcome& outcome);
  void End(bool complete);

  Errands* source_;
  Errands* target_;
  Done done_;

  std::vector<std::string> ids_;                     // still to be compared
  std::vector<std::shared_ptr<Enumeration>> walks_;  // and after these the ids of these
  std::vector<Errands*> walkers_;
  std::vector<std::string> missing_;  // at the source, when they were looked at first
  Nanoseconds missing_since_{0};

  bool removes_ = true;
  std::size_t conflicts_ = 0;
  std::size_t pending_ = 0;  // outcomes that the batch waits for
  bool failed_ = false;
  bool second_look_ = false;
  std::vector<std::string> batch_;
  std::vector<Errands::Found> at_source_;
  std::vector<Errands::Found> at_target_;
  std::uint64_t filled_ = 0;
};

}  // namespace connect_hiredis
