// Of Redundancy: what waits for a server, and what becomes of it at the end.
#include <algorithm>
#include <utility>

#include "session/redundant/redundancy.h"

namespace connect_hiredis {

void Redundancy::DispatchWaiting() {
  if (dispatching_) return;
  dispatching_ = true;
  const Nanoseconds now = Now();
  // Those that have to wait again do so until the next time.
  for (std::size_t left = waiting_.size(); left > 0 && DecidingServers() != 0; --left) {
    const std::size_t index = waiting_.Pop();
    Request& request = requests_[index];
    request.waiting = false;
    if (request.time_to_live) {
      // The session's time went on.
      const auto waited =
          std::chrono::duration_cast<std::chrono::milliseconds>(now - request.counted_from);
      request.counted_from = now;
      request.time_to_live = std::max(*request.time_to_live - waited, std::chrono::milliseconds(1));
      if (request.write) request.write->time_to_live = request.time_to_live;
    }
    Dispatch(index);
  }
  dispatching_ = false;
  if (DecidersNow().vouching == 0) return;
  for (auto& walker : std::exchange(walkers_, {})) walker.proceed(nullptr);
}

void Redundancy::WaitForServer(std::function<void(const Error*)> proceed) {
  walkers_.push_back({Now(), std::move(proceed)});
  Wake();
}

void Redundancy::Wake() {
  woken_ = true;
  StartTimer();
}

// The same request for other servers; late answers find the old one.
void Redundancy::AskAgain(std::size_t index) {
  const std::size_t again = NewRequest(requests_[index].kind, std::nullopt, requests_[index].id);
  Request& request = requests_[again];
  Request& old = requests_[index];
  request.slot = std::exchange(old.slot, std::nullopt);
  request.collection = std::move(old.collection);
  request.place = old.place;
  request.value = std::move(old.value);
  request.existence = old.existence;
  request.time_to_live = old.time_to_live;
  request.write = std::move(old.write);
  request.begun = old.begun;
  request.counted_from = old.counted_from;
  old.decided = true;
  old.sequence = 0;  // the new one tells the servers
  if (old.ballot.outstanding() == 0) Free(index);
  // Never at once: whoever is asked again has failed a moment ago.
  request.waiting = true;
  waiting_.Push(again, request.bytes());
}

// ---- A session that the server lacks that decides ----

// It may have been emptied before this process came, or somebody destroys the session at this
// moment. In the latter case no other will have it at a second look. Gives false if there is
// nobody to ask: then there is none.
bool Redundancy::Search(std::size_t index, Member& target) {
  Request& request = requests_[index];
  const Servers others = DecidersNow().deciding & ~target.bit();
  if (request.decided || others == 0 || destroyed_.At(request.id, Now())) return false;
  request.searching = true;
  ++searching_;
  std::vector<Errands*> sources;
  for (Member* member : MembersIn(others)) sources.push_back(&member->errands());
  const auto work = std::make_shared<std::weak_ptr<Reconciliation>>();
  const auto search = Reconciliation::Create(
      std::move(sources), &target.errands(), Comparison(Comparison::Mode::kRecover),
      [this, index, &target, work](bool complete) {
        const auto done = work->lock();
        std::erase(mending_, done);
        if (complete && done->filled() > 0) target.CountRepair();
        // If it has failed, or something was found, the same is asked once more.
        const bool none = complete && !done->found();
        EndSearch(index, target, none ? Ballot::Verdict::kNo : Ballot::Verdict::kFailed);
      },
      // In time for what the caller waits for.
      std::min<std::chrono::milliseconds>(Reconciliation::kSecondLook,
                                          options_.command_timeout / 4));
  *work = search;
  mending_.push_back(search);
  search->BeginWith({request.id});
  StartTimer();
  return true;
}

void Redundancy::EndSearch(std::size_t index, Member& target, Ballot::Verdict verdict) {
  Request& request = requests_[index];
  request.searching = false;
  --searching_;
  if (verdict == Ballot::Verdict::kNo) {
    request.ballot.SayNo(target.bit());
  } else {
    request.ballot.Abstain(target.bit());
  }
  Evaluate(index);
}

void Redundancy::FailSearches() {
  for (std::size_t index = 0; searching_ > 0 && index < requests_.size(); ++index) {
    Request& request = requests_[index];
    if (!request.searching) continue;
    request.error = Refusal(Admission::kClosed);
    EndSearch(index, *MembersIn(request.ballot.outstanding()).front(), Ballot::Verdict::kFailed);
  }
}

// ---- The end ----

void Redundancy::Retire() {
  if (std::exchange(retired_, true)) return;
  for (const auto& member : members_) member->Retire();
  for (const auto& mending : std::exchange(mending_, {})) mending->Cancel();
  FailSearches();
  repairs_.clear();
  repairing_.clear();
  FailWaiting();
  Wake();
}

void Redundancy::FailWaiting() {
  const Error error = Refusal(Admission::kClosed);
  for (const std::size_t waiting : waiting_.TakeAll()) {
    TellFailure(requests_[waiting], error);
    Free(waiting);
  }
  for (auto& walker : std::exchange(walkers_, {})) walker.proceed(&error);
}

}  // namespace connect_hiredis
