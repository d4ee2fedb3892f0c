// The fixture of a name with two addresses, on each of which another scripted server listens.
#pragma once

#include "support/connection_test.h"
#include "support/names.h"

namespace connect_hiredis::test {

class TwoAddressesTest : public ConnectionTest {
 protected:
  TwoAddressesTest() : second(loop()) { options.host = kNameOfTwoAddresses; }

  void TearDown() override {
    second.Shut();
    ConnectionTest::TearDown();
  }

  // `server` on the first address, `second` on the other. False if there is no ::1 here.
  bool ListenOnBoth() {
    return server.ListenOnTcp("::1") && second.ListenOnTcp("127.0.0.1", server.port());
  }

  ScriptedServer second;
};

}  // namespace connect_hiredis::test
