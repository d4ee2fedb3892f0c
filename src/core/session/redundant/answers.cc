// Of Redundancy: what the servers say, and what the caller is told.
#include <algorithm>
#include <functional>
#include <utility>

#include "session/redundant/redundancy.h"

namespace connect_hiredis {

namespace {

// How long a compare-and-set waits for the servers that did not decide it.
constexpr std::chrono::milliseconds kAlignmentPatience{250};

}  // namespace

// ---- From the servers ----

// A server that was restarted may have forgotten what this process destroyed.
bool Redundancy::Forgotten(const Member& member, const Request& request) const {
  const auto destroyed = destroyed_.At(request.id, Now());
  if (!destroyed) return false;
  return member.standing() != Standing::kTrusted || member.steady_since() > *destroyed;
}

void Redundancy::OnMemberValue(Member& member, Slot slot, std::optional<std::string_view> value,
                               TimeToLive time_to_live) {
  Request& request = requests_[slot];
  // Asked before its connection broke, it answers as somebody who does not know the latest.
  if (!member.answers()) {
    request.ballot.Abstain(member.bit());
  } else if (!value || Forgotten(member, request)) {
    request.ballot.SayNo(member.bit());
  } else {
    request.ballot.SayYes(member.bit());
    const std::size_t hash = members_.size() == 1 ? 0 : std::hash<std::string_view>()(*value);
    if (!request.decided) {
      request.decided = true;
      request.done = request.kind == Request::Kind::kGet;
      request.hash = hash;
      TellValue(request, value, time_to_live);
    } else if (request.hash != hash) {
      request.differs = true;
    }
  }
  Evaluate(slot);
}

void Redundancy::OnMemberCount(Member& member, Slot slot, std::int64_t count) {
  Request& request = requests_[slot];
  const bool yes = request.kind == Request::Kind::kTimeLeft ? count >= -1 : count > 0;
  // What it has done it has done; what it lacks, it alone may lack.
  const bool counts =
      member.answers() || request.kind == Request::Kind::kDestroy || (yes && !request.reads());
  if (!counts) {
    request.ballot.Abstain(member.bit());
  } else if (!yes && request.kind == Request::Kind::kReplace && Search(slot, member)) {
    return;
  } else if (!yes || (request.reads() && Forgotten(member, request))) {
    request.ballot.SayNo(member.bit());
  } else {
    request.ballot.SayYes(member.bit());
    request.count =
        request.kind == Request::Kind::kTimeLeft ? count : std::max(request.count, count);
    if (!request.decided && request.kind == Request::Kind::kReplace) {
      Align(request, member);
      Decide(request, Ballot::Verdict::kYes);
    }
  }
  Evaluate(slot);
}

void Redundancy::OnMemberFailure(Member& member, Slot slot, const Error& error) {
  Request& request = requests_[slot];
  request.error = error;
  request.ballot.Abstain(member.bit());
  Evaluate(slot);
}

// ---- The verdict ----

Servers Redundancy::Heard() const {
  Servers heard = 0;
  for (const auto& member : members_) {
    if (member->standing() != Standing::kAway && !member->silent()) heard |= member->bit();
  }
  return heard;
}

// A value has been told when it came.
void Redundancy::Tell(Request& request, Ballot::Verdict verdict) {
  const bool yes = verdict == Ballot::Verdict::kYes;
  if (verdict == Ballot::Verdict::kFailed) {
    TellFailure(request, request.error ? *request.error : Refusal(Admission::kClosed));
  } else if (request.kind == Request::Kind::kGet) {
    TellValue(request, std::nullopt, -2);
  } else if (request.kind == Request::Kind::kTimeLeft) {
    TellCount(request, yes ? request.count : -2);
  } else {
    TellCount(request, yes ? request.count : 0);
  }
}

void Redundancy::Evaluate(std::size_t index) {
  Request& request = requests_[index];
  const Ballot& ballot = request.ballot;
  if (!request.decided && !request.waiting) {
    Servers heard = Heard();
    // None of those has answered that vouch: then they are waited for, silent or not.
    if (((ballot.yes() | ballot.no()) & ballot.vouching()) == 0) {
      for (const auto& member : members_) {
        if (member->standing() != Standing::kAway) heard |= member->bit() & ballot.vouching();
      }
    }
    const Ballot::Verdict verdict = request.writes() ? ballot.CountAll(heard) : ballot.Count(heard);
    // What was on its way to servers that are away now is sent again when they are back.
    const bool under_way = request.writes() && ballot.outstanding() != 0;
    if (verdict == Ballot::Verdict::kFailed && under_way) return;
    if (verdict == Ballot::Verdict::kFailed && !request.error && !closed()) {
      AskAgain(index);
      return;
    }
    if (verdict != Ballot::Verdict::kOpen) {
      Tell(request, verdict);
      Decide(request, verdict);
    }
  }
  if (request.decided && ballot.outstanding() == 0) Finish(index);
}

// What servers are told that have not heard of `request`.
std::optional<Change> Redundancy::ChangeOf(const Request& request, Ballot::Verdict verdict) {
  Change change;
  change.sequence = request.sequence;
  if (request.kind == Request::Kind::kDestroy) return change;
  // What is to be touched, or had to be there to be set, and is not there, is nobody's concern:
  // only who has destroyed it knows that it is to be nowhere else either.
  if (verdict == Ballot::Verdict::kNo) return std::nullopt;
  change.kind = Change::Kind::kTouch;
  if (request.time_to_live) change.expiry = After(request.counted_from, *request.time_to_live);
  if (request.kind == Request::Kind::kSet) {
    change.kind = Change::Kind::kSet;
    change.value = std::make_shared<const std::string>(request.value);
  }
  return change;
}

void Redundancy::Decide(Request& request, Ballot::Verdict verdict) {
  request.decided = true;
  request.done = verdict == Ballot::Verdict::kYes;
  if (verdict == Ballot::Verdict::kFailed) {
    request.absent = 0;
    request.sequence = 0;  // nobody is told of it either
  }
  if (!request.writes() || verdict == Ballot::Verdict::kFailed) return;
  // Those that have not been heard may carry it out at any time: after what others do, who take it
  // for done.
  const Servers absent = std::exchange(request.absent, 0) | request.ballot.outstanding();
  if (absent == 0) return;
  request.missed = absent;
  const auto change = ChangeOf(request, verdict);
  for (const auto& member : members_) {
    if (change && (member->bit() & absent) != 0) member->Missed(request.id, *change);
  }
}

// All have answered, or will not.
void Redundancy::Finish(std::size_t index) {
  Request& request = requests_[index];
  const Ballot& ballot = request.ballot;
  if (request.writes() && request.sequence != 0) {
    const auto change =
        ChangeOf(request, request.done ? Ballot::Verdict::kYes : Ballot::Verdict::kNo);
    for (const auto& member : members_) {
      const bool failed = (member->bit() & ballot.abstained() & ~request.missed) != 0;
      if (change && failed) member->Missed(request.id, *change);
    }
  }
  if (request.done && (request.differs || (ballot.yes() != 0 && ballot.no() != 0))) {
    ScheduleRepairs(request);
  }
  Free(index);
}

// What a compare-and-set has stored at one server is stored at the others in the same way. Where
// something else was, processes may be at odds about the last word: `source` has it.
void Redundancy::Align(const Request& request, Member& source) {
  const auto alignment = std::make_shared<Alignment>();
  alignment->slot = *request.slot;
  alignment->id = request.id;
  alignment->patience_end =
      std::min(Now() + kAlignmentPatience, request.begun + options_.command_timeout);
  Change& change = alignment->change;
  change.kind = Change::Kind::kSet;
  change.sequence = request.sequence;
  change.value = std::make_shared<const std::string>(request.write->value);
  if (request.time_to_live) change.expiry = After(request.counted_from, *request.time_to_live);
  const TimeToLive left = request.time_to_live ? request.time_to_live->count() : -1;
  alignment->pending = source.bit();
  for (const auto& each : members_) {
    Member& member = *each;
    if (member.closed() || member.index() == source.index()) continue;
    const auto done = [this, &member, alignment](bool complete) {
      if (!complete && !alignment->told) member.Missed(alignment->id, alignment->change);
      TellAligned(*alignment, member);
    };
    alignment->pending |= member.bit();
    member.Sent(request.id, change.sequence);
    const bool sent =
        member.standing() != Standing::kAway && !member.silent() &&
        member.errands().Replace(
            request.id, request.write->expected, request.write->value, left,
            [&source, &member, id = request.id, done](const Errands::Outcome& outcome) {
              if (outcome.count > 0 || outcome.error || outcome.found.empty()) {
                done(outcome.count > 0);
              } else {
                Reconciliation::Create({&source.errands()}, &member.errands(),
                                       Comparison(Comparison::Mode::kAlign), done)
                    ->BeginWith({id});
              }
            });
    if (!sent) done(false);
  }
  alignments_.push_back(alignment);
  TellAligned(*alignment, source);
}

void Redundancy::TellAligned(Alignment& alignment, const Member& member) {
  alignment.pending &= ~member.bit();
  if (alignment.pending != 0 || alignment.told) return;
  alignment.told = true;
  sink_->OnCount(alignment.slot, 1);
}

// ---- To the caller ----

void Redundancy::TellValue(Request& request, std::optional<std::string_view> value,
                           TimeToLive left) {
  if (request.collection) {
    Collect(request, value, left, nullptr);
  } else if (request.slot) {
    sink_->OnValue(*request.slot, value, left);
  }
}

void Redundancy::TellCount(Request& request, std::int64_t count) {
  if (request.slot) sink_->OnCount(*request.slot, count);
}

void Redundancy::TellFailure(Request& request, const Error& error) {
  if (request.collection) {
    // As MGET does: what is no string is not there.
    Collect(request, std::nullopt, -2, error.reply == "WRONGTYPE" ? nullptr : &error);
  } else if (request.slot) {
    sink_->OnFailure(*request.slot, error);
  }
}

void Redundancy::Collect(Request& request, std::optional<std::string_view> value, TimeToLive left,
                         const Error* error) {
  const auto collection = std::move(request.collection);
  Collection::Entry& entry = collection->entries[request.place];
  if (error != nullptr) collection->error = *error;
  if (value) {
    entry.value = *value;
    entry.time_to_live = left;
  }
  if (--collection->pending > 0) return;
  if (collection->error) {
    sink_->OnFailure(collection->slot, *collection->error);
    return;
  }
  Batch batch;
  batch.last = true;
  for (const Collection::Entry& each : collection->entries) {
    if (each.time_to_live != -2) batch.values.push_back({each.id, each.value, each.time_to_live});
  }
  told_.push_back(collection);
  sink_->OnBatch(collection->slot, std::move(batch));
}

}  // namespace connect_hiredis
