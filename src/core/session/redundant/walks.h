// Operations over all sessions of several servers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session/key_filter.h"
#include "session/redundant/redundancy.h"
#include "session/source.h"

namespace connect_hiredis {

// The sessions of one server after the other, each once.
class UnionWalk final : public Walk,
                        public std::enable_shared_from_this<UnionWalk>,
                        private ResultSink {
 public:
  static std::shared_ptr<Walk> Create(Redundancy* redundancy, Enumeration::Kind kind,
                                      std::string prefix, std::size_t batch_size);
  Admission Next(Slot slot) override;

 private:
  UnionWalk(Redundancy* redundancy, Enumeration::Kind kind, std::string prefix,
            std::size_t batch_size);

  void OnValue(Slot, std::optional<std::string_view>, TimeToLive) override {}
  void OnCount(Slot, std::int64_t) override {}
  void OnBatch(Slot slot, Batch batch) override;
  void OnFailure(Slot slot, const Error& error) override;

  void Begin();
  void Proceed();
  void NextServer();
  void End();

  Redundancy* redundancy_;
  Enumeration::Kind kind_;
  std::string prefix_;
  std::size_t batch_size_;
  bool begun_ = false;
  std::vector<Member*> servers_;  // still to be walked
  bool several_ = false;
  std::shared_ptr<Enumeration> current_;
  KeyFilter seen_;
  std::int64_t count_ = 0;
  bool walked_ = false;  // one of them to its end
  std::optional<Error> error_;
  Slot slot_ = 0;
  std::shared_ptr<UnionWalk> self_;  // while the sink has to be told
};

// Removes the sessions of all servers.
class ClearEverywhere final : public Walk, public std::enable_shared_from_this<ClearEverywhere> {
 public:
  static std::shared_ptr<Walk> Create(Redundancy* redundancy, std::string prefix,
                                      std::size_t batch_size);
  Admission Next(Slot slot) override;

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
  void Begin();
  void OnCleared(std::int64_t count);
  void OnFailed(Member& member, const Error& error);
  void End();

  Redundancy* redundancy_;
  std::string prefix_;
  std::size_t batch_size_;
  std::vector<std::unique_ptr<One>> servers_;
  std::vector<Member*> missing_;  // that are not cleared, or not for good
  std::size_t pending_ = 0;
  bool cleared_ = false;
  std::int64_t most_ = 0;
  std::optional<Error> error_;
  Slot slot_ = 0;
  std::shared_ptr<ClearEverywhere> self_;  // while the sink has to be told
};

}  // namespace connect_hiredis
