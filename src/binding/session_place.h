// Where the sessions of a store are, and how its outcomes get to JavaScript.
#pragma once

#include "binding/delivery.h"
#include "core/session/source.h"

namespace connect_hiredis {

class SessionPlace {
 public:
  virtual Delivery& delivery() = 0;
  virtual SessionSource& source() = 0;

 protected:
  ~SessionPlace() = default;
};

}  // namespace connect_hiredis
