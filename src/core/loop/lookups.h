// The look-ups of names that are under way on one loop. Who asks for a name that is being looked up
// already waits for the same answer, also if whoever asked first has given up: a name server that
// hangs takes one of libuv's threads for each name, not one for each attempt to connect.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "loop/close_barrier.h"

namespace connect_hiredis {

class LookupWaiter {
 public:
  // `system_error` is 0, or libuv's. The waiter may be destroyed here.
  virtual void OnAddresses(int system_error, std::vector<std::string> addresses) = 0;

 protected:
  ~LookupWaiter() = default;
};

// One name's. While libuv has it, it holds the barrier of each owner that waits, or that of one
// that has left: no loop ends, and no environment, before it is answered.
class Lookup;

class Lookups {
 public:
  Lookups() = default;
  Lookups(const Lookups&) = delete;
  Lookups& operator=(const Lookups&) = delete;
  ~Lookups() = default;

  // The look-up of `name` on `loop`, begun if there is none, for which `waiter` waits until it is
  // told or leaves; null, with libuv's error in `result`, if there can be none.
  static std::shared_ptr<Lookup> Join(const std::shared_ptr<Lookups>& lookups,
                                      const EventLoop& loop, const std::string& name,
                                      LookupWaiter* waiter, int& result);
  // For who was not told. A look-up that nobody waits for is cancelled unless a thread has begun
  // with it.
  static void Leave(Lookup& lookup, const LookupWaiter* waiter);

 private:
  friend class Lookup;

  std::map<std::string, std::shared_ptr<Lookup>> under_way_;
};

}  // namespace connect_hiredis
