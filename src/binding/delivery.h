// Carries results and events from the core to JavaScript: all that one wake-up of the loop
// brought in one call.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <napi.h>

#include "binding/values.h"
#include "core/session/results.h"

namespace connect_hiredis {

// A slot carries in its upper bits how the value found for it is to be decoded.
constexpr Slot kSlotBits = 24;
constexpr Slot MakeSlot(std::uint32_t slot, Decoding decoding) {
  return slot | (static_cast<Slot>(decoding) << kSlotBits);
}

class Delivery final : public ResultSink {
 public:
  // The kind of each result, as JavaScript sees it.
  enum class Kind : std::uint8_t { kNone, kValue, kCount, kBatch, kFailure };

  // `receiver` as in binding.d.ts; held strongly until Release.
  Delivery(Napi::Env env, const Napi::Object& receiver);
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;
  ~Delivery() = default;

  struct Counts {
    std::uint64_t results = 0;
    std::uint64_t calls = 0;                      // into JavaScript, for those results
    std::uint64_t largest = 0;                    // of one call
    std::map<std::string, std::uint64_t> errors;  // by code
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

  void OnValue(Slot slot, std::optional<std::string_view> value, TimeToLive time_to_live) override;
  void OnCount(Slot slot, std::int64_t count) override;
  void OnBatch(Slot slot, Batch batch) override;
  void OnFailure(Slot slot, const Error& error) override;
  // An error of which JavaScript is told by other ways.
  void CountError(const Error& error) { ++counts_.errors[CodeOf(error)]; }
  // `name` is a literal.
  void AddEvent(const char* name, std::optional<Error> error);

  // Tells JavaScript. It may call anything, closing included.
  void Flush();
  // JavaScript must not be entered any more: the environment is being torn down.
  void Silence() { silent_ = true; }
  // Lets go of the receiver.
  void Release();

 private:
  struct Result {
    Slot slot;
    Kind kind;
    double number;
    std::string_view value;
    std::size_t index;  // in batches_ or errors_
  };
  struct Event {
    const char* name;
    std::optional<Error> error;
  };

  std::string_view Keep(std::string_view value);
  void FlushEvents(Napi::Env env);
  void FlushResults(Napi::Env env);
  void Fill(Napi::Env env, std::size_t begin, std::size_t count);
  napi_value MakeValue(napi_env env, const Result& result);
  napi_value MakeBatch(napi_env env, const Batch& batch, Decoding decoding);
  bool Call(Napi::Env env, const Napi::FunctionReference& function,
            std::span<const napi_value> arguments);

  napi_env env_;
  Napi::ObjectReference receiver_;
  Napi::ObjectReference results_array_;
  Napi::FunctionReference on_results_;
  Napi::FunctionReference on_event_;
  std::optional<Napi::AsyncContext> async_context_;
  double* numbers_ = nullptr;  // the memory of `results`
  std::size_t capacity_ = 0;   // results that fit there
  bool silent_ = false;
  bool flushing_ = false;

  Counts counts_;
  std::vector<Event> events_;
  std::vector<Result> results_;     // new ones
  std::vector<Result> delivering_;  // those on their way
  std::vector<napi_value> arguments_;
  std::deque<Batch> batches_;
  std::deque<Error> errors_;
  std::deque<std::string> kept_;  // values that have to outlive the connection's buffers
};

}  // namespace connect_hiredis
