// The sessions on one server.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "session/clear.h"
#include "session/get_many.h"
#include "session/source.h"

namespace connect_hiredis {

class SingleSource final : public SessionSource {
 public:
  // Both must outlive the source.
  SingleSource(CommandPort* port, ResultSink* sink)
      : port_(port), sink_(sink), operations_(port, sink) {}

  Admission Get(Slot slot, std::string_view prefix, std::string_view id) override {
    return operations_.Get(slot, prefix, id);
  }
  Admission Set(Slot slot, std::string_view prefix, std::string_view id, std::string_view value,
                Operations::TimeToLiveOption time_to_live, Existence existence) override {
    return operations_.Set(slot, prefix, id, value, time_to_live, existence);
  }
  Admission Touch(Slot slot, std::string_view prefix, std::string_view id,
                  Operations::TimeToLiveOption time_to_live) override {
    return operations_.Touch(slot, prefix, id, time_to_live);
  }
  Admission Destroy(Slot slot, std::string_view prefix, std::string_view id) override {
    return operations_.Destroy(slot, prefix, id);
  }
  Admission Exists(Slot slot, std::string_view prefix, std::string_view id) override {
    return operations_.Exists(slot, prefix, id);
  }
  Admission TimeLeft(Slot slot, std::string_view prefix, std::string_view id) override {
    return operations_.TimeLeft(slot, prefix, id);
  }
  Admission Replace(Slot slot, CompareAndSet::Write write) override {
    return CompareAndSet::Run(port_, sink_, slot, std::move(write));
  }
  Admission Clear(Slot slot, const std::string& prefix, std::size_t batch_size) override {
    return connect_hiredis::Clear::Run(port_, sink_, slot, prefix, batch_size);
  }
  std::shared_ptr<Walk> NewWalk(Enumeration::Kind kind, const std::string& prefix,
                                std::size_t batch_size) override {
    return std::make_shared<OneWalk<Enumeration>>(
        Enumeration::Create(port_, sink_, kind, prefix, batch_size));
  }
  std::shared_ptr<Walk> NewGetMany(std::vector<std::string> keys, std::size_t prefix_size,
                                   std::size_t most) override {
    return std::make_shared<OneWalk<GetMany>>(
        GetMany::Create(port_, sink_, std::move(keys), prefix_size, most));
  }
  Error Refusal(Admission admission) override { return port_->Refusal(admission); }

 private:
  template <typename Operation>
  class OneWalk final : public Walk {
   public:
    explicit OneWalk(std::shared_ptr<Operation> operation) : operation_(std::move(operation)) {}
    Admission Next(Slot slot) override { return operation_->Next(slot); }

   private:
    std::shared_ptr<Operation> operation_;
  };

  CommandPort* port_;
  ResultSink* sink_;
  Operations operations_;
};

}  // namespace connect_hiredis
