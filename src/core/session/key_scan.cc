#include "session/key_scan.h"

#include <charconv>
#include <cstddef>
#include <iterator>
#include <utility>

#include "protocol/command_writer.h"
#include "session/glob.h"

namespace connect_hiredis {

namespace {

// It is sent back as it came.
bool IsCursor(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

}  // namespace

KeyScan::KeyScan(const CommandPort* port, Options options)
    : port_(port),
      options_(std::move(options)),
      pattern_(PrefixPattern(options_.prefix)),
      type_option_(options_.strings_only) {}

void KeyScan::WriteScan(Command& command) const {
  CommandWriter writer(command.wire);
  writer.Begin(type_option_ ? 8 : 6).Add("SCAN").Add(cursor_);
  writer.Add("MATCH").Add(pattern_);
  writer.Add("COUNT").Add(static_cast<std::int64_t>(options_.batch_size));
  if (type_option_) writer.Add("TYPE").Add("string");
  ++command.expected;
}

bool KeyScan::TakeCursor(const Reply& reply) {
  if (!reply.is(Reply::Type::kArray) || reply.size() != 2) return false;
  const Reply cursor = reply[0];
  if (!cursor.is(Reply::Type::kString) || !reply[1].is(Reply::Type::kArray)) return false;
  if (!IsCursor(cursor.text())) return false;
  for (std::size_t index = 0; index < reply[1].size(); ++index) {
    if (!reply[1][index].is(Reply::Type::kString)) return false;
  }
  // Another server process, perhaps: its table has another order. From the beginning then; what
  // was seen already counts no more than once.
  const bool same = epoch_ == port_->epoch() || cursor_ == "0";
  epoch_ = port_->epoch();
  cursor_ = same ? cursor.text() : "0";
  ended_ = same && cursor_ == "0";
  return true;
}

void KeyScan::TakeKeys(const Reply& reply, std::vector<std::string>& keys) {
  const Reply found = reply[1];
  std::vector<std::string>& accepted = knows_types() ? keys : untyped_;
  for (std::size_t index = 0; index < found.size(); ++index) {
    const std::string_view text = found[index].text();
    // A key that is the prefix alone has no id: it is nobody's session.
    if (text.size() <= options_.prefix.size() || !text.starts_with(options_.prefix)) continue;
    if (!options_.once || seen_.Add(text)) accepted.emplace_back(text);
  }
}

void KeyScan::WriteTypes(Command& command) const {
  CommandWriter writer(command.wire);
  for (const std::string& key : untyped_) {
    writer.Begin(2).Add("TYPE").Add(key);
    ++command.expected;
  }
}

bool KeyScan::TakeTypes(std::span<const Reply> replies, std::vector<std::string>& keys) {
  if (replies.size() != untyped_.size()) return false;
  for (std::size_t index = 0; index < replies.size(); ++index) {
    if (!replies[index].is(Reply::Type::kStatus)) return false;
    if (replies[index].text() == "string") keys.push_back(std::move(untyped_[index]));
  }
  untyped_.clear();
  return true;
}

bool KeyScan::DropTypeOption(const Error& refusal) {
  return refusal.reply == "ERR" && std::exchange(type_option_, false);
}

std::vector<std::string> TakeChunk(std::vector<std::string>& keys, std::size_t most) {
  if (keys.size() <= most) return std::exchange(keys, {});
  const auto begin = keys.end() - static_cast<std::ptrdiff_t>(most);
  std::vector<std::string> chunk(std::make_move_iterator(begin),
                                 std::make_move_iterator(keys.end()));
  keys.erase(begin, keys.end());
  return chunk;
}

}  // namespace connect_hiredis
