// Fetches many sessions in bounded steps: MGETs, and the time to live of each key.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "connection/command.h"
#include "session/results.h"

namespace connect_hiredis {

// Adds to `command` what fetches `keys`; no MGET has more than `most` of them.
void WriteFetch(Command& command, std::span<const std::string> keys, std::size_t most);

// What the replies to it say: the sessions that are there, with ids of keys less the first
// `prefix_size` bytes, in the order of the keys. Nothing if these cannot be the replies to it.
std::optional<std::vector<StoredValue>> ReadFetch(std::span<const Reply> replies,
                                                  std::span<const std::string> keys,
                                                  std::size_t prefix_size);

// Keys whose sessions are wanted, in this order. Each request fetches some of them and asks for the
// lengths of those that are next: so none is for more bytes than it should be, and one round trip
// for each is enough.
class Fetch {
 public:
  // What one request fetches at most, unless a single session is larger: whatever else is asked of
  // the server comes behind it, and the memory for replies has a bound.
  static constexpr std::size_t kMostBytes = 16UL * 1024 * 1024;

  struct Options {
    std::size_t prefix_size;  // see ReadFetch
    std::size_t per_command;  // the most keys of one MGET
    std::size_t per_request;  // and of one request
  };
  explicit Fetch(Options options) : options_(options) {}

  void Add(std::vector<std::string> keys);

  // No keys are left for the next request.
  [[nodiscard]] bool empty() const { return keys_.empty(); }
  // The request after the next could be for more keys than there are.
  [[nodiscard]] bool wants_more() const {
    return keys_.size() - measured_ - measuring_ < options_.per_request;
  }

  // Adds the next request to `command`; there must be keys. `last`: no more will be added. False:
  // the replies may be so large that nothing else is to be asked for along with it.
  bool Write(Command& command, bool last);
  // The request that is under way fetches nothing yet.
  [[nodiscard]] bool measures_alone() const { return chunk_.empty(); }
  // Takes the replies to it from the front of `replies`, and puts what is there into `found`. An
  // error: a refusal, or kProtocol if these cannot be the replies. Finish or Restore come next.
  std::optional<Error> Read(std::span<const Reply>& replies, std::vector<StoredValue>& found);
  void Finish() { chunk_.clear(); }
  // What the request was for is still to be fetched.
  void Restore();

 private:
  struct Key {
    std::string name;
    std::size_t size = 0;
  };

  // How many bytes are to be expected of it.
  std::size_t TakeChunk();
  void WriteLengths(Command& command);
  std::optional<Error> ReadLengths(std::span<const Reply> replies);

  Options options_;
  bool measures_ = true;  // until a length is refused: then the number of keys has to do
  std::deque<Key> keys_;
  std::size_t measured_ = 0;        // of these, from the front, have a known size
  std::size_t measuring_ = 0;       // so many behind them will have one by the next replies
  std::vector<std::string> chunk_;  // what the request fetches
};

}  // namespace connect_hiredis
