// Operations over all sessions of several servers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "session/key_filter.h"
#include "session/redundant/redundancy.h"
#include "session/source.h"

namespace connect_hiredis {

// One that begins when there is a server that decides.
class WalkOfAll : public Walk, public std::enable_shared_from_this<WalkOfAll> {
 public:
  Admission Next(Slot slot) final;

 protected:
  explicit WalkOfAll(Redundancy* redundancy) : redundancy_(redundancy) {}

  // There is one.
  virtual void Begin() = 0;
  // The same again.
  virtual void Proceed() = 0;
  // Tells the sink what has come of it, once it has come to its end with success.
  virtual void TellDone() = 0;

  // Without success what was the last to go wrong is told.
  void End(bool success);
  // The sink still has to be told.
  [[nodiscard]] bool owed() const { return self_ != nullptr; }
  // What comes of this call to Next is told now: whatever is told may be the end of the walk.
  std::shared_ptr<WalkOfAll> Settle() { return std::exchange(self_, nullptr); }

  // NOLINTBEGIN(misc-non-private-member-variables-in-classes): they belong to all three
  Redundancy* redundancy_;
  std::optional<Error> error_;
  Slot slot_ = 0;
  // NOLINTEND(misc-non-private-member-variables-in-classes)

 private:
  bool begun_ = false;
  std::shared_ptr<WalkOfAll> self_;  // while the sink has to be told
};

// The sessions of one server after the other, each once.
class UnionWalk final : public WalkOfAll, private ResultSink {
 public:
  static std::shared_ptr<Walk> Create(Redundancy* redundancy, Enumeration::Kind kind,
                                      std::string prefix, std::size_t batch_size);

 private:
  UnionWalk(Redundancy* redundancy, Enumeration::Kind kind, std::string prefix,
            std::size_t batch_size);

  void OnValue(Slot, std::optional<std::string_view>, TimeToLive) override {}
  void OnCount(Slot, std::int64_t) override {}
  void OnBatch(Slot slot, Batch batch) override;
  void OnFailure(Slot slot, const Error& error) override;

  void Begin() override;
  void Proceed() override;
  void TellDone() override;
  void NextServer();

  Enumeration::Kind kind_;
  std::string prefix_;
  std::size_t batch_size_;
  std::vector<Member*> servers_;  // still to be walked
  bool several_ = false;
  std::shared_ptr<Enumeration> current_;
  KeyFilter seen_;
  std::int64_t count_ = 0;
  bool walked_ = false;  // one of them to its end
};

// Some sessions, in one batch: each is asked of all servers.
class EachOnItsOwn final : public Walk {
 public:
  EachOnItsOwn(Redundancy* redundancy, std::vector<std::string> keys, std::size_t prefix_size)
      : redundancy_(redundancy), keys_(std::move(keys)), prefix_size_(prefix_size) {}

  Admission Next(Slot slot) override { return redundancy_->GetMany(slot, keys_, prefix_size_); }

 private:
  Redundancy* redundancy_;
  std::vector<std::string> keys_;
  std::size_t prefix_size_;
};

// Removes the sessions of all servers.
class ClearEverywhere final : public WalkOfAll {
 public:
  static std::shared_ptr<Walk> Create(Redundancy* redundancy, std::string prefix,
                                      std::size_t batch_size);

 private:
  struct One final : public ResultSink {
    One(ClearEverywhere* all, Member* member) : all(all), member(member) {}
    void OnValue(Slot, std::optional<std::string_view>, TimeToLive) override {}
    void OnCount(Slot /*slot*/, std::int64_t count) override { all->OnCleared(count); }
    void OnBatch(Slot, Batch) override {}
    void OnFailure(Slot /*slot*/, const Error& error) override { all->OnFailed(*member, error); }
    ClearEverywhere* all;
    Member* member;
  };

  ClearEverywhere(Redundancy* redundancy, std::string prefix, std::size_t batch_size);
  void Begin() override;
  // It comes to its end at once.
  void Proceed() override { Begin(); }
  void TellDone() override;
  void OnCleared(std::int64_t count);
  void OnFailed(Member& member, const Error& error);
  void Answered();

  std::string prefix_;
  std::size_t batch_size_;
  std::vector<std::unique_ptr<One>> servers_;
  std::vector<Member*> missing_;  // that are not cleared, or not for good
  std::size_t pending_ = 0;
  bool cleared_ = false;
  std::int64_t most_ = 0;
};

}  // namespace connect_hiredis
