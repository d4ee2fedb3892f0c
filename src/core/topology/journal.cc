#include "topology/journal.h"

namespace connect_hiredis {

namespace {

// Beside the id and the value: nodes of the map and of the value, roughly.
constexpr std::size_t kEntryOverhead = 160;

}  // namespace

std::size_t Journal::SizeOf(const Entries::value_type& entry) {
  const auto& [id, change] = entry;
  return kEntryOverhead + id.size() + (change.value == nullptr ? 0 : change.value->size());
}

void Journal::Add(std::string_view id, Change change) {
  if (overflowed_) return;
  auto found = entries_.find(id);
  if (found != entries_.end()) {
    const Change& earlier = found->second;
    if (earlier.sequence > change.sequence) return;
    if (change.kind == Change::Kind::kTouch) {
      // What is destroyed is not touched; what is set keeps its value.
      if (earlier.kind == Change::Kind::kDestroy) return;
      change.kind = earlier.kind;
      change.value = earlier.value;
    }
    Remove(found);
  }
  found = entries_.emplace(id, std::move(change)).first;
  bytes_ += SizeOf(*found);
  if (entries_.size() > kMaxEntries || bytes_ > kMaxBytes) Overflow();
}

void Journal::Forget(std::string_view id, std::uint64_t sequence) {
  if (entries_.empty()) return;
  const auto found = entries_.find(id);
  if (found != entries_.end() && found->second.sequence <= sequence) Remove(found);
}

void Journal::Overflow() {
  entries_.clear();
  bytes_ = 0;
  overflowed_ = true;
}

std::vector<Journal::Entry> Journal::Take(std::size_t most) {
  std::vector<Entry> taken;
  while (!entries_.empty() && taken.size() < most) {
    auto next = entries_.upper_bound(last_taken_);
    if (next == entries_.end()) {
      // Around, but not to what this has just taken.
      if (!taken.empty()) break;
      next = entries_.begin();
    }
    last_taken_ = next->first;
    taken.emplace_back(next->first, next->second);
    Remove(next);
  }
  return taken;
}

void Journal::Reset() {
  entries_.clear();
  bytes_ = 0;
  last_taken_.clear();
  overflowed_ = false;
}

void Journal::Remove(Entries::iterator entry) {
  bytes_ -= SizeOf(*entry);
  entries_.erase(entry);
}

}  // namespace connect_hiredis
