// Several independent servers that have the same sessions. Every operation goes to all of them at
// once; a read is answered by the first that has the session. docs/redundancy.md says what is
// promised, and what cannot be.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "loop/timer.h"
#include "session/redundant/member.h"
#include "session/redundant/request.h"
#include "session/redundant/request_queue.h"
#include "session/source.h"
#include "topology/census.h"
#include "topology/destroyed.h"

namespace connect_hiredis {

struct RedundancyOptions {
  std::string prefix;
  std::chrono::milliseconds command_timeout{5'000};
  // From the return of a server until it decides again what there is not.
  std::chrono::milliseconds settling_time{7'000};
  // Requests that may wait for a server, and their bytes, which the last one may exceed.
  std::size_t queue_limit = 10'000;
  std::size_t queue_bytes = 64UL * 1024 * 1024;
};

class Redundancy final : public SessionSource, private MemberListener {
 public:
  // At most kMaxServers connections, at least one; they and the sink must outlive this, unless
  // OnClosed was called for each. `flush` is called when results have come outside of a turn of
  // one of the connections.
  Redundancy(const EventLoop& loop, const std::vector<Connection*>& connections,
             RedundancyOptions options, ResultSink* sink, std::function<void()> flush);

  Admission Get(Slot slot, std::string_view prefix, std::string_view id) override;
  Admission Set(Slot slot, std::string_view prefix, std::string_view id, std::string_view value,
                Operations::TimeToLiveOption time_to_live, Existence existence) override;
  Admission Touch(Slot slot, std::string_view prefix, std::string_view id,
                  Operations::TimeToLiveOption time_to_live) override;
  Admission Destroy(Slot slot, std::string_view prefix, std::string_view id) override;
  Admission Exists(Slot slot, std::string_view prefix, std::string_view id) override;
  Admission TimeLeft(Slot slot, std::string_view prefix, std::string_view id) override;
  // At the first server that vouches for what it does not have; the others are given what it took.
  // If it does not have the session, and another has it, it is given that first.
  Admission Replace(Slot slot, CompareAndSet::Write write) override;
  // One batch: each session is asked for on its own.
  Admission GetMany(Slot slot, const std::vector<std::string>& keys, std::size_t prefix_size);
  // At all servers.
  Admission Clear(Slot slot, const std::string& prefix, std::size_t batch_size) override;
  // Over the union of what the servers have that decide.
  std::shared_ptr<Walk> NewWalk(Enumeration::Kind kind, const std::string& prefix,
                                std::size_t batch_size) override;
  std::shared_ptr<Walk> NewGetMany(std::vector<std::string> keys, std::size_t prefix_size,
                                   std::size_t most) override;
  Error Refusal(Admission admission) override;

  // What the observer of a connection is told has to be told here, too.
  void OnTrouble(std::size_t index) { members_[index]->OnTrouble(); }
  void OnTurnEnd(std::size_t index);
  void OnClosed(std::size_t index);

  // The store is closed, its clients are not: takes nothing more, and lets go of the servers.
  void Retire();

  // For walks: `proceed` is called when a server is there; with an error when there is none in
  // time.
  void WaitForServer(std::function<void(const Error* error)> proceed);
  // Something was told outside of a turn.
  void Wake();
  // Nobody while one that has lost nothing is waited for: the others may lack sessions.
  std::vector<Member*> Deciding();
  [[nodiscard]] Admission AdmitWalk() const { return Admit(); }
  [[nodiscard]] const std::vector<std::unique_ptr<Member>>& members() const { return members_; }
  ResultSink& sink() { return *sink_; }
  [[nodiscard]] bool closed() const { return open_ == 0; }

  [[nodiscard]] Member::Report report(std::size_t index) const { return members_[index]->report(); }

 private:
  struct Walker {
    Nanoseconds begun;
    std::function<void(const Error* error)> proceed;
  };
  struct Repair {
    Nanoseconds due;
    std::string id;
    Member* source;
    std::uint64_t source_epoch;
    Member* target;
    std::uint64_t target_epoch;
  };

  // Of the members.
  Census TakeCensus() const override;
  Servers SteadySince(Nanoseconds time, const Member& member) const override;
  std::vector<Member*> MembersIn(Servers servers) const override;
  void OnStandingChanged(Member& member) override;
  void OnMemberValue(Member& member, Slot slot, std::optional<std::string_view> value,
                     TimeToLive time_to_live) override;
  void OnMemberCount(Member& member, Slot slot, std::int64_t count) override;
  void OnMemberFailure(Member& member, Slot slot, const Error& error) override;

  // Requests.
  std::size_t NewRequest(Request::Kind kind, std::optional<Slot> slot, std::string_view id);
  void Free(std::size_t index);
  Admission Begin(std::size_t index);
  [[nodiscard]] Admission Admit() const;
  void Dispatch(std::size_t index);
  void Ask(Request& request, std::size_t index, Servers servers, const Deciders& deciders);
  Admission Send(Member& member, const Request& request, std::size_t index);
  void DispatchWaiting();
  [[nodiscard]] Servers JustLost() const;
  [[nodiscard]] Deciders DecidersNow() const;
  [[nodiscard]] Servers DecidingServers() const { return DecidersNow().deciding; }
  [[nodiscard]] Servers Heard() const;

  // Answers.
  void Evaluate(std::size_t index);
  void Decide(Request& request, Ballot::Verdict verdict);
  void Tell(Request& request, Ballot::Verdict verdict);
  void Finish(std::size_t index);
  void AskAgain(std::size_t index);
  bool Search(std::size_t index, Member& target);
  void EndSearch(std::size_t index, Member& target, Ballot::Verdict verdict);
  void FailSearches();
  void TellValue(Request& request, std::optional<std::string_view> value, TimeToLive left);
  void TellCount(Request& request, std::int64_t count);
  void TellFailure(Request& request, const Error& error);
  void Collect(Request& request, std::optional<std::string_view> value, TimeToLive left,
               const Error* error);
  [[nodiscard]] bool Forgotten(const Member& member, const Request& request) const;
  void Align(const Request& request, Member& source);
  void TellAligned(Alignment& alignment, const Member& member);
  static std::optional<Change> ChangeOf(const Request& request, Ballot::Verdict verdict);

  // Time.
  void LookAtTime();
  void Postpone(Nanoseconds blocked, Nanoseconds now);
  void LookAtStart(Nanoseconds now);
  void LookForSilence(Nanoseconds now);
  void FailOverdue(Nanoseconds now);
  void FailWaiting();
  void ScheduleRepairs(const Request& request);
  void RunRepairs(Nanoseconds now);
  void RunRepair(const Repair& repair);
  void LookAtAlignments(Nanoseconds now);
  void StartTimer();
  [[nodiscard]] bool Restless() const;
  [[nodiscard]] Error TimeoutError() const;

  RedundancyOptions options_;
  ResultSink* sink_;
  std::function<void()> flush_;
  std::vector<std::unique_ptr<Member>> members_;
  std::size_t open_;

  std::deque<Request> requests_;
  std::vector<std::size_t> free_;
  std::size_t active_ = 0;
  RequestQueue waiting_;
  std::vector<Walker> walkers_;
  bool retired_ = false;
  // Until all servers have been tried once: the first to be reached is not to decide alone.
  bool starting_ = true;
  Nanoseconds started_;
  bool woken_ = false;
  bool dispatching_ = false;
  std::uint64_t sequence_ = 0;

  Destroyed destroyed_;
  std::deque<std::shared_ptr<Alignment>> alignments_;
  std::deque<Repair> repairs_;
  std::set<std::string, std::less<>> repairing_;
  std::vector<std::shared_ptr<Reconciliation>> mending_;
  std::size_t searching_ = 0;
  // What was collected lives until it has been told.
  std::vector<std::shared_ptr<Collection>> told_;
  Servers unheard_ = 0;  // owed an answer at the last look that others had given
  std::optional<Timer> timer_;
  Nanoseconds look_at_{0};  // when the timer is to fire
};

}  // namespace connect_hiredis
