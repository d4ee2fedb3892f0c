// Reads some sessions at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "connection/connection.h"
#include "session/results.h"

namespace connect_hiredis {

class GetMany final : private CommandHandler {
 public:
  // OnBatch: those of the sessions that are there, in the order of `keys`, which are whole keys
  // and at least one. `most` bounds the keys of one MGET. `connection` and `sink` must outlive
  // the operation.
  static Admission Run(Connection* connection, ResultSink* sink, Slot slot,
                       std::vector<std::string> keys, std::size_t prefix_size, std::size_t most);
  GetMany(const GetMany&) = delete;
  GetMany& operator=(const GetMany&) = delete;
  ~GetMany() = default;

 private:
  GetMany(Connection* connection, ResultSink* sink, Slot slot, std::vector<std::string> keys,
          std::size_t prefix_size);

  void OnReplies(std::uint64_t tag, std::span<const Reply> replies) override;
  void OnFailure(std::uint64_t tag, const Error& error) override;

  Connection* connection_;
  ResultSink* sink_;
  Slot slot_;
  std::vector<std::string> keys_;
  std::size_t prefix_size_;
  std::unique_ptr<GetMany> self_;  // until the sink has been told
};

}  // namespace connect_hiredis
