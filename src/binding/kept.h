// What lives until its handles are closed, whatever becomes of the JavaScript objects that refer
// to it.
#pragma once

namespace connect_hiredis {

class Kept {
 public:
  Kept() = default;
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  virtual ~Kept() = default;

  // The environment ends: closes without entering JavaScript again.
  virtual void Terminate() = 0;
};

}  // namespace connect_hiredis
