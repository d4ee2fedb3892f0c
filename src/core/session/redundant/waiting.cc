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
  if (DecidingServers() == 0) return;
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
  if (old.ballot.outstanding() == 0) Free(index);
  // Never at once: whoever is asked again has failed a moment ago.
  request.waiting = true;
  waiting_.Push(again, request.bytes());
}

// ---- The end ----

void Redundancy::Retire() {
  if (std::exchange(retired_, true)) return;
  for (const auto& member : members_) member->Retire();
  for (const auto& mending : std::exchange(mending_, {})) mending->Cancel();
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
