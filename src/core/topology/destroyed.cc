#include "topology/destroyed.h"

namespace connect_hiredis {

void Destroyed::Add(std::string_view id, Nanoseconds now) {
  when_.insert_or_assign(std::string(id), now);
  order_.emplace_back(now, id);
  while (order_.size() > kMaxEntries || now - order_.front().first > kMaxAge) {
    const auto& [time, oldest] = order_.front();
    const auto found = when_.find(oldest);
    if (found != when_.end() && found->second == time) when_.erase(found);
    order_.pop_front();
  }
}

void Destroyed::Forget(std::string_view id) {
  if (when_.empty()) return;
  const auto found = when_.find(id);
  if (found != when_.end()) when_.erase(found);
}

std::optional<Nanoseconds> Destroyed::At(std::string_view id, Nanoseconds now) const {
  if (when_.empty()) return std::nullopt;
  const auto found = when_.find(id);
  if (found == when_.end() || now - found->second > kMaxAge) return std::nullopt;
  return found->second;
}

}  // namespace connect_hiredis
