#include "session/redundant/redundancy.h"

#include <algorithm>
#include <utility>

#include "session/redundant/walks.h"

namespace connect_hiredis {

namespace {

// Values above this are not kept for the next request.
constexpr std::size_t kKeptValue = 4096;

// How long a server that has lost nothing is waited for, where the others may have.
constexpr std::chrono::milliseconds kHope{1000};

}  // namespace

Redundancy::Redundancy(const EventLoop& loop, const std::vector<Connection*>& connections,
                       RedundancyOptions options, ResultSink* sink, std::function<void()> flush)
    : options_(std::move(options)),
      sink_(sink),
      flush_(std::move(flush)),
      open_(connections.size()),
      started_(Now()),
      timer_(std::in_place, loop, [this] { LookAtTime(); }) {
  MemberListener* listener = this;
  std::uint32_t index = 0;
  for (Connection* connection : connections) {
    members_.push_back(std::make_unique<Member>(index++, connection, options_.prefix,
                                                options_.settling_time, started_, listener));
  }
  for (const auto& member : members_) member->Look();
  LookAtStart(started_);
}

// ---- Requests ----

std::size_t Redundancy::NewRequest(Request::Kind kind, std::optional<Slot> slot,
                                   std::string_view id) {
  std::size_t index = requests_.size();
  if (free_.empty()) {
    requests_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Request& request = requests_[index];
  request.kind = kind;
  request.slot = slot;
  request.id = id;
  request.begun = Now();
  request.counted_from = request.begun;
  request.free = false;
  ++active_;
  return index;
}

void Redundancy::Free(std::size_t index) {
  Request& request = requests_[index];
  std::string id = std::move(request.id);
  std::string value = std::move(request.value);
  request = Request();
  // Their memory serves the next one.
  id.clear();
  value.clear();
  request.id = std::move(id);
  if (value.capacity() <= kKeptValue) request.value = std::move(value);
  free_.push_back(index);
  --active_;
}

Admission Redundancy::Get(Slot slot, std::string_view /*prefix*/, std::string_view id) {
  return Begin(NewRequest(Request::Kind::kGet, slot, id));
}

Admission Redundancy::Set(Slot slot, std::string_view /*prefix*/, std::string_view id,
                          std::string_view value, Operations::TimeToLiveOption time_to_live,
                          Existence existence) {
  const std::size_t index = NewRequest(Request::Kind::kSet, slot, id);
  Request& request = requests_[index];
  request.value = value;
  request.time_to_live = time_to_live;
  request.existence = existence;
  return Begin(index);
}

Admission Redundancy::Touch(Slot slot, std::string_view /*prefix*/, std::string_view id,
                            Operations::TimeToLiveOption time_to_live) {
  const std::size_t index = NewRequest(Request::Kind::kTouch, slot, id);
  requests_[index].time_to_live = time_to_live;
  return Begin(index);
}

Admission Redundancy::Destroy(Slot slot, std::string_view /*prefix*/, std::string_view id) {
  return Begin(NewRequest(Request::Kind::kDestroy, slot, id));
}

Admission Redundancy::Exists(Slot slot, std::string_view /*prefix*/, std::string_view id) {
  return Begin(NewRequest(Request::Kind::kExists, slot, id));
}

Admission Redundancy::TimeLeft(Slot slot, std::string_view /*prefix*/, std::string_view id) {
  return Begin(NewRequest(Request::Kind::kTimeLeft, slot, id));
}

Admission Redundancy::Replace(Slot slot, CompareAndSet::Write write) {
  const std::string id = write.key.substr(options_.prefix.size());
  const std::size_t index = NewRequest(Request::Kind::kReplace, slot, id);
  Request& request = requests_[index];
  request.time_to_live = write.time_to_live;
  request.write = std::move(write);
  return Begin(index);
}

Admission Redundancy::GetMany(Slot slot, const std::vector<std::string>& keys,
                              std::size_t prefix_size) {
  Admission admission = Admit();
  const bool waits = DecidingServers() == 0;
  if (waits && waiting_.size() + keys.size() > options_.queue_limit) {
    admission = std::max(admission, Admission::kQueueFull);
  }
  if (admission != Admission::kAccepted) return admission;
  const auto collection = std::make_shared<Collection>();
  collection->slot = slot;
  collection->pending = keys.size();
  collection->entries.resize(keys.size());
  for (std::size_t place = 0; place < keys.size(); ++place) {
    const std::string_view id = std::string_view(keys[place]).substr(prefix_size);
    collection->entries[place].id = id;
    const std::size_t index = NewRequest(Request::Kind::kGet, std::nullopt, id);
    requests_[index].collection = collection;
    requests_[index].place = place;
    Dispatch(index);
  }
  StartTimer();
  return admission;
}

Admission Redundancy::Clear(Slot slot, const std::string& prefix, std::size_t batch_size) {
  return ClearEverywhere::Create(this, prefix, batch_size)->Next(slot);
}

std::shared_ptr<Walk> Redundancy::NewWalk(Enumeration::Kind kind, const std::string& prefix,
                                          std::size_t batch_size) {
  return UnionWalk::Create(this, kind, prefix, batch_size);
}

std::shared_ptr<Walk> Redundancy::NewGetMany(std::vector<std::string> keys, std::size_t prefix_size,
                                             std::size_t /*most*/) {
  return std::make_shared<EachOnItsOwn>(this, std::move(keys), prefix_size);
}

Error Redundancy::Refusal(Admission admission) {
  return members_.front()->connection().Refusal(admission);
}

// ---- To the servers ----

Census Redundancy::TakeCensus() const {
  Census census;
  for (const auto& member : members_) {
    if (member->intact()) census.intact |= member->bit();
    // It may have been lost, or closed, a moment ago.
    if (member->connection().state() != Connection::State::kReady) continue;
    if (member->standing() == Standing::kTrusted) census.trusted |= member->bit();
    if (member->standing() == Standing::kSettling) census.settling |= member->bit();
    if (member->standing() == Standing::kCatchingUp) census.catching_up |= member->bit();
    if (member->silent()) census.silent |= member->bit();
  }
  if ((census.trusted & census.intact) == 0) census.just_lost = JustLost();
  return census;
}

Servers Redundancy::JustLost() const {
  const Nanoseconds since = Now() - std::min(kHope, options_.command_timeout / 2);
  Servers found = 0;
  for (const auto& member : members_) {
    if (member->closed()) continue;
    const bool lost = member->standing() == Standing::kAway
                          ? member->away_since() > since
                          : member->connection().state() != Connection::State::kReady;
    if (lost) found |= member->bit();
  }
  return found;
}

Deciders Redundancy::DecidersNow() const {
  return starting_ ? Deciders() : DecidersIn(TakeCensus());
}

std::vector<Member*> Redundancy::MembersIn(Servers servers) const {
  std::vector<Member*> found;
  for (const auto& member : members_) {
    if ((member->bit() & servers) != 0) found.push_back(member.get());
  }
  return found;
}

std::vector<Member*> Redundancy::Deciding() {
  const Deciders deciders = DecidersNow();
  return MembersIn(deciders.vouching == 0 ? 0 : deciders.deciding);
}

Admission Redundancy::Admit() const {
  if (closed() || retired_) return Admission::kClosed;
  if (waiting_.empty() && DecidingServers() != 0) return Admission::kAccepted;
  if (options_.queue_limit == 0) return Admission::kOffline;
  const bool room =
      waiting_.size() < options_.queue_limit && waiting_.bytes() < options_.queue_bytes;
  return room ? Admission::kAccepted : Admission::kQueueFull;
}

Admission Redundancy::Begin(std::size_t index) {
  const Admission admission = Admit();
  if (admission != Admission::kAccepted) {
    Free(index);
    return admission;
  }
  Dispatch(index);
  StartTimer();
  return admission;
}

// Sends the request, or has it wait for a server.
void Redundancy::Dispatch(std::size_t index) {
  Request& request = requests_[index];
  Deciders deciders = DecidersNow();
  const Servers deciding = deciders.deciding;
  const Servers needed =
      request.kind == Request::Kind::kReplace ? deciders.vouching : deciders.deciding;
  if (needed == 0 || (!waiting_.empty() && !dispatching_)) {
    request.waiting = true;
    waiting_.Push(index, request.bytes());
    return;
  }
  if (!request.reads()) request.sequence = ++sequence_;
  if (request.kind == Request::Kind::kDestroy) destroyed_.Add(request.id, Now());
  if (request.kind == Request::Kind::kSet && request.existence == Existence::kAny) {
    destroyed_.Forget(request.id);
  }
  Servers asked = deciding;
  if (request.kind == Request::Kind::kReplace) {
    // The first of them. All processes that see the same servers ask the same one.
    asked = deciders.vouching & (~deciders.vouching + 1);
  } else if (request.writes()) {
    // One that is silent gets it from its journal: others may go on before it has done this. So
    // does one to which something is still to be told of this session, if it depends on that.
    const bool depends =
        request.kind == Request::Kind::kTouch || request.existence != Existence::kAny;
    asked = 0;
    for (const auto& member : members_) {
      if (member->closed()) continue;
      const bool here = (member->bit() & (Heard() | deciding)) != 0;
      const bool later =
          depends && (member->bit() & deciding) == 0 && member->journal().Has(request.id);
      (here && !later ? asked : request.absent) |= member->bit();
    }
  }
  // Whoever removes a session has none then, whatever it had.
  if (request.kind == Request::Kind::kDestroy) deciders.vouching = asked;
  Ask(request, index, asked, deciders);
}

void Redundancy::Ask(Request& request, std::size_t index, Servers servers,
                     const Deciders& deciders) {
  request.ballot = Ballot(servers, deciders.deciding, deciders.vouching);
  for (const auto& member : members_) {
    if ((member->bit() & servers) == 0) continue;
    const bool ready = member->connection().state() == Connection::State::kReady;
    const Admission admission = ready ? Send(*member, request, index) : Admission::kClosed;
    if (admission == Admission::kAccepted) {
      if (request.writes()) member->Sent(request.id, request.sequence);
      continue;
    }
    if (admission != Admission::kClosed) {
      request.error = member->connection().Refusal(admission);
    }
    request.ballot.Abstain(member->bit());
  }
  if (request.ballot.outstanding() == 0) Evaluate(index);
}

Admission Redundancy::Send(Member& member, const Request& request, std::size_t index) {
  const auto slot = static_cast<Slot>(index);
  const std::string& prefix = options_.prefix;
  Operations& operations = member.operations();
  switch (request.kind) {
    case Request::Kind::kGet:
      return operations.Get(slot, prefix, request.id);
    case Request::Kind::kSet:
      return operations.Set(slot, prefix, request.id, request.value, request.time_to_live,
                            request.existence);
    case Request::Kind::kTouch:
      return operations.Touch(slot, prefix, request.id, request.time_to_live);
    case Request::Kind::kDestroy:
      return operations.Destroy(slot, prefix, request.id);
    case Request::Kind::kExists:
      return operations.Exists(slot, prefix, request.id);
    case Request::Kind::kTimeLeft:
      return operations.TimeLeft(slot, prefix, request.id);
    case Request::Kind::kReplace:
      break;
  }
  return CompareAndSet::Run(&member.connection(), &member.sink(), slot, *request.write);
}

}  // namespace connect_hiredis
