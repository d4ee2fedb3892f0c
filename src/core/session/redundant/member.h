// One of several independent servers: what it is relied upon for, what it has missed, and how it
// gets that.
//
//   kAway --> kCatchingUp --> kSettling --> kTrusted
//                  |                           ^
//                  +---------------------------+  nobody knows more than it does
//
//   any --> kAway: its connection broke;  any --> kCatchingUp: it did not take a write
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connection/connection.h"
#include "session/redundant/errands.h"
#include "session/redundant/reconciliation.h"
#include "session/results.h"
#include "topology/ballot.h"
#include "topology/census.h"
#include "topology/journal.h"
#include "topology/standing.h"

namespace connect_hiredis {

class Member;

// What a member needs to know of the others, and tells them.
class MemberListener {
 public:
  virtual Census TakeCensus() const = 0;
  // Those but `member` that are trusted and know all that was done since then.
  virtual Servers SteadySince(Nanoseconds time, const Member& member) const = 0;
  virtual std::vector<Member*> MembersIn(Servers servers) const = 0;
  virtual void OnStandingChanged(Member& member) = 0;
  // The outcomes of operations on sessions; `slot` names the request.
  virtual void OnMemberValue(Member& member, Slot slot, std::optional<std::string_view> value,
                             TimeToLive time_to_live) = 0;
  virtual void OnMemberCount(Member& member, Slot slot, std::int64_t count) = 0;
  virtual void OnMemberFailure(Member& member, Slot slot, const Error& error) = 0;

 protected:
  ~MemberListener() = default;
};

class Member final : private ResultSink {
 public:
  struct Report {
    Standing standing = Standing::kAway;
    std::size_t journal = 0;
    std::uint64_t missed = 0;
    std::uint64_t repairs = 0;
    std::uint64_t comparisons = 0;
  };

  // `connection` and `listener` must outlive the member. `settling_time`: how long the other
  // processes may take to tell a server what it has missed.
  // `now`: since when there is anything to be missed, the same for all.
  Member(std::uint32_t index, Connection* connection, const std::string& prefix,
         std::chrono::milliseconds settling_time, Nanoseconds now, MemberListener* listener);
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  Connection& connection() { return *connection_; }
  Operations& operations() { return operations_; }
  Errands& errands() { return errands_; }
  Journal& journal() { return journal_; }
  ResultSink& sink() { return *this; }

  [[nodiscard]] Servers bit() const { return ServerBit(index_); }
  [[nodiscard]] std::uint32_t index() const { return index_; }
  [[nodiscard]] Standing standing() const { return standing_; }
  // Since when it has been trusted; of one that is.
  [[nodiscard]] Nanoseconds steady_since() const { return steady_since_; }
  // Since when it, or somebody who had taught it all before it was trusted, has been told
  // everything.
  [[nodiscard]] Nanoseconds known_since() const { return known_since_; }
  // Owes answers that others have given.
  [[nodiscard]] bool silent() const { return silent_; }
  [[nodiscard]] bool closed() const { return closed_; }
  // Of one that is away: since when.
  [[nodiscard]] Nanoseconds away_since() const { return away_since_; }
  // Whether it is known yet if there is a server.
  [[nodiscard]] bool known() const { return closed_ || troubled_ || standing_ != Standing::kAway; }
  [[nodiscard]] Report report() const;

  // Compares the standing with what has become of the connection.
  void Look();
  void LookAtTime(Nanoseconds now);
  // Whether LookAtTime is needed.
  [[nodiscard]] bool restless() const;
  // The connection has failed, or could not be made.
  void OnTrouble() { troubled_ = true; }
  void OnClosed();
  void SetSilent();
  // Nobody asks it any more.
  void Retire();
  // A member that helped with a comparison is gone.
  void OnSourceLost(const Member& source);

  // Is not known to have lost anything: neither another process of the server, nor a journal that
  // ran over.
  [[nodiscard]] bool intact() const { return !must_compare_ && !must_fill_; }
  // Whether what it answers now is an answer of the server that was asked: it may have been started
  // anew since.
  [[nodiscard]] bool answers() const {
    return standing_ >= Standing::kSettling && connection_->epoch() == epoch_;
  }
  // Has what this process knows of.
  [[nodiscard]] bool complete() const { return journal_.empty() && !journal_.overflowed(); }
  // It does not take what it has missed.
  [[nodiscard]] bool refuses() const { return replay_failed_ && !silent_ && !complete(); }
  // It was sent this change, which stands for all earlier ones.
  void Sent(std::string_view id, std::uint64_t sequence);
  // It has not taken this.
  void Missed(std::string_view id, const Change& change);
  // It has not taken something that cannot be told by session.
  void MissedMore();
  void CountRepair() { ++repairs_; }

 private:
  void OnValue(Slot slot, std::optional<std::string_view> value, TimeToLive time_to_live) override;
  void OnCount(Slot slot, std::int64_t count) override;
  void OnBatch(Slot /*slot*/, Batch /*batch*/) override {}
  void OnFailure(Slot slot, const Error& error) override;

  void Lose();
  void BeginAnew();
  void Find();
  void Identify();
  void Replay();
  bool Send(const Journal::Entry& entry, Errands::Then then);
  void PutBack(const Journal::Entry& entry);
  void CaughtUp();
  void Settle(Nanoseconds now);
  [[nodiscard]] Lesson NextLesson() const;
  void CompareAll(const Lesson& lesson);
  void CompareReplayed(Servers teachers);
  std::shared_ptr<Reconciliation> Compare(Servers teachers, Comparison comparison,
                                          std::function<void()> then);
  void DropComparison();
  void FillUp(Nanoseconds now);
  void Trust(Servers teachers);
  void TrustAsItIs();
  void FallBehind(Nanoseconds since);
  void Hear();
  void ChangeStanding(Standing standing);

  std::uint32_t index_;
  Connection* connection_;
  std::chrono::milliseconds settling_time_;
  MemberListener* listener_;
  Operations operations_;
  Errands errands_;

  Standing standing_ = Standing::kAway;
  std::uint64_t epoch_ = 0;  // of the connection, as of the last look
  std::uint64_t generation_ =
      0;  // of the efforts to catch up: what earlier ones come to is nothing
  bool silent_ = false;
  bool closed_ = false;
  bool first_ = true;      // it was there from the beginning
  bool troubled_ = false;  // there was a time when it could not be reached
  Nanoseconds silent_since_{0};
  Nanoseconds away_since_{0};  // 0: it has never been there
  Nanoseconds lost_at_{0};     // since then it has missed things
  Nanoseconds steady_since_{0};
  Nanoseconds known_since_{0};

  Journal journal_;
  bool must_compare_ = false;  // with all that others have, before it is trusted
  bool must_fill_ = false;     // the same while it is trusted: there was nobody who had more
  Servers filled_from_ = 0;    // since it must be filled
  std::string run_id_;         // of the server's process
  bool identified_ = true;     // that has been asked for since the server came back
  std::size_t replaying_ = 0;  // outcomes that are waited for
  // What was sent meanwhile, by its number: what is replayed is older.
  std::map<std::string, std::uint64_t, std::less<>> sent_;
  bool replay_failed_ = false;
  Nanoseconds retry_at_{0};  // 0: not
  // Of each session that it was told of the id, and the mark of the value that it was given: to be
  // compared when it has settled.
  std::vector<std::pair<std::string, std::optional<std::size_t>>> replayed_;
  Nanoseconds settled_at_{0};
  std::shared_ptr<Reconciliation> comparison_;
  Nanoseconds compare_at_{0};  // not before
  std::chrono::milliseconds compare_pause_{0};
  Servers sources_ = 0;  // of the comparison

  std::uint64_t missed_ = 0;
  std::uint64_t repairs_ = 0;
  std::uint64_t comparisons_ = 0;
};

}  // namespace connect_hiredis
