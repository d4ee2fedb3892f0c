#include "binding/delivery.h"

#include <algorithm>
#include <array>
#include <utility>

namespace connect_hiredis {

namespace {

constexpr std::size_t kNumbersPerResult = 3;
constexpr Slot kSlotMask = (Slot{1} << kSlotBits) - 1;

Decoding DecodingOf(Slot slot) { return static_cast<Decoding>(slot >> kSlotBits); }

}  // namespace

Delivery::Delivery(Napi::Env env, const Napi::Object& receiver)
    : env_(env), receiver_(Napi::Persistent(receiver)) {
  napi_value results_array = PropertyOf(env, receiver, "results");
  napi_value on_results = PropertyOf(env, receiver, "onResults");
  napi_value on_event = PropertyOf(env, receiver, "onEvent");
  silent_ = results_array == nullptr || on_results == nullptr || on_event == nullptr;
  if (silent_) return;
  results_array_ = Napi::Persistent(Napi::Object(env, results_array));
  on_results_ = Napi::Persistent(Napi::Function(env, on_results));
  on_event_ = Napi::Persistent(Napi::Function(env, on_event));
  async_context_.emplace(env, "connect-hiredis", receiver);
  auto results = results_array_.Value().As<Napi::Float64Array>();
  numbers_ = results.Data();
  capacity_ = results.ElementLength() / kNumbersPerResult;
}

// ---- From the core ----

// Views reach into the connection's buffers, which live until it reads again or is closed. That
// may happen while JavaScript runs: what is not yet converted then has to be kept.
std::string_view Delivery::Keep(std::string_view value) { return kept_.emplace_back(value); }

void Delivery::OnValue(Slot slot, std::optional<std::string_view> value, TimeToLive time_to_live) {
  if (!value) {
    results_.push_back({slot, Kind::kNone, 0, {}, 0});
    return;
  }
  results_.push_back({slot, Kind::kValue, static_cast<double>(time_to_live),
                      flushing_ ? Keep(*value) : *value, 0});
}

void Delivery::OnCount(Slot slot, std::int64_t count) {
  results_.push_back({slot, Kind::kCount, static_cast<double>(count), {}, 0});
}

void Delivery::OnBatch(Slot slot, Batch batch) {
  if (flushing_) {
    for (StoredValue& value : batch.values) value.value = Keep(value.value);
  }
  results_.push_back({slot, Kind::kBatch, 0, {}, batches_.size()});
  batches_.push_back(std::move(batch));
}

void Delivery::OnFailure(Slot slot, const Error& error) {
  CountError(error);
  results_.push_back({slot, Kind::kFailure, 0, {}, errors_.size()});
  errors_.push_back(error);
}

void Delivery::AddEvent(const char* name, std::optional<Error> error) {
  if (error) CountError(*error);
  events_.push_back({name, std::move(error)});
}

// ---- To JavaScript ----

void Delivery::Flush() {
  // Entered again only from a loop that runs inside a callback: its results come later.
  if (flushing_ || (events_.empty() && results_.empty())) return;
  if (silent_) {
    events_.clear();
    results_.clear();
    return;
  }
  flushing_ = true;
  // A handle scope is an allocation: each has its own where values are made, and no one here.
  const Napi::Env env(env_);
  FlushEvents(env);
  FlushResults(env);
  flushing_ = false;
}

void Delivery::FlushEvents(Napi::Env env) {
  for (const Event& event : std::exchange(events_, {})) {
    if (silent_) return;
    const Napi::HandleScope scope(env);
    napi_value failure = event.error ? MakeFailure(env, *event.error) : env.Undefined();
    if (const napi_value exception = TakeException(env)) failure = exception;
    const std::array arguments = {MakeText(env, event.name), failure};
    Call(env, on_event_, arguments);
  }
}

void Delivery::FlushResults(Napi::Env env) {
  // JavaScript may add results while it is told of these.
  delivering_.swap(results_);
  for (std::size_t begin = 0; begin < delivering_.size() && !silent_; begin += capacity_) {
    const std::size_t count = std::min(capacity_, delivering_.size() - begin);
    const Napi::HandleScope scope(env);
    Fill(env, begin, count);
    if (begin == 0) {
      for (std::size_t rest = count; rest < delivering_.size(); ++rest) {
        Result& result = delivering_[rest];
        result.value = Keep(result.value);
        if (result.kind != Kind::kBatch) continue;
        for (StoredValue& value : batches_[result.index].values) value.value = Keep(value.value);
      }
    }
    // After an exception the rest of the batch is still to be told.
    ++counts_.calls;
    counts_.results += count;
    counts_.largest = std::max<std::uint64_t>(counts_.largest, count);
    if (Call(env, on_results_, arguments_)) continue;
    const std::array rest = {MakeNumber(env, 0)};
    while (!silent_ && !Call(env, on_results_, rest)) {
    }
  }
  delivering_.clear();
  if (results_.empty()) {
    batches_.clear();
    errors_.clear();
    kept_.clear();
  }
}

void Delivery::Fill(Napi::Env env, std::size_t begin, std::size_t count) {
  arguments_.assign(1 + count, env.Undefined());
  arguments_[0] = MakeNumber(env, static_cast<double>(count));
  for (std::size_t index = 0; index < count; ++index) {
    const Result& result = delivering_[begin + index];
    double* numbers = numbers_ + index * kNumbersPerResult;
    numbers[0] = result.slot & kSlotMask;
    numbers[1] = static_cast<double>(result.kind);
    numbers[2] = result.number;
    if (result.kind == Kind::kNone || result.kind == Kind::kCount) continue;
    // Redis takes strings that are longer than any of JavaScript's: undefined is told in their
    // place, here and in batches.
    napi_value value = MakeValue(env, result);
    // A value that was made has left nothing behind; of the others, that is told by their parts.
    if (value == nullptr || result.kind != Kind::kValue) {
      if (const napi_value exception = TakeException(env)) {
        numbers[1] = static_cast<double>(Kind::kFailure);
        value = exception;
      }
    }
    if (value != nullptr) arguments_[1 + index] = value;
  }
}

napi_value Delivery::MakeValue(napi_env env, const Result& result) {
  switch (result.kind) {
    case Kind::kValue:
      return DecodeBytes(env, result.value, DecodingOf(result.slot));
    case Kind::kBatch:
      return MakeBatch(env, batches_[result.index], DecodingOf(result.slot));
    case Kind::kFailure:
      return MakeFailure(env, errors_[result.index]);
    case Kind::kNone:
    case Kind::kCount:
      break;
  }
  return nullptr;
}

napi_value Delivery::MakeBatch(napi_env env, const Batch& batch, Decoding decoding) {
  napi_value ids = nullptr;
  napi_value values = nullptr;
  napi_value times_to_live = nullptr;
  napi_value last = nullptr;
  napi_value result = nullptr;
  if (napi_create_array(env, &ids) != napi_ok || napi_create_array(env, &values) != napi_ok ||
      napi_create_array(env, &times_to_live) != napi_ok ||
      napi_get_boolean(env, batch.last, &last) != napi_ok ||
      napi_create_object(env, &result) != napi_ok) {
    return nullptr;
  }
  // Once one cannot be set, an exception is pending or the environment is ending.
  const auto set = [env](napi_value array, std::uint32_t index, napi_value value) {
    if (value == nullptr) napi_get_undefined(env, &value);
    return napi_set_element(env, array, index, value) == napi_ok;
  };
  std::uint32_t index = 0;
  for (const std::string& id : batch.ids) {
    if (!set(ids, index++, MakeText(env, id))) return nullptr;
  }
  for (const StoredValue& value : batch.values) {
    const bool complete =
        set(ids, index, MakeText(env, value.id)) &&
        set(values, index, DecodeBytes(env, value.value, decoding)) &&
        set(times_to_live, index, MakeNumber(env, static_cast<double>(value.time_to_live)));
    if (!complete) return nullptr;
    ++index;
  }
  SetProperty(env, result, "ids", ids);
  SetProperty(env, result, "values", values);
  SetProperty(env, result, "timesToLive", times_to_live);
  SetProperty(env, result, "last", last);
  return result;
}

// false: JavaScript threw. An exception left pending here would abort the process; given to
// napi_fatal_exception it becomes an ordinary uncaughtException.
bool Delivery::Call(Napi::Env env, const Napi::FunctionReference& function,
                    std::span<const napi_value> arguments) {
  // An argument that could not be made: the environment is ending.
  const bool complete = std::find(arguments.begin(), arguments.end(), nullptr) == arguments.end();
  const napi_status status =
      complete ? napi_make_callback(env, *async_context_, receiver_.Value(), function.Value(),
                                    arguments.size(), arguments.data(), nullptr)
               : napi_generic_failure;
  if (status == napi_ok) return true;
  bool pending = false;
  napi_value exception = nullptr;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending ||
      napi_get_and_clear_last_exception(env, &exception) != napi_ok ||
      napi_fatal_exception(env, exception) != napi_ok) {
    // No exception, and yet no success: the environment is ending and runs no JavaScript.
    silent_ = true;
  }
  return false;
}

void Delivery::Release() {
  receiver_.Reset();
  results_array_.Reset();
  on_results_.Reset();
  on_event_.Reset();
  async_context_.reset();
}

}  // namespace connect_hiredis
