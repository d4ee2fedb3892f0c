// What commands fail with when it is not the server that says so.
#pragma once

#include "base/error.h"

namespace connect_hiredis {

Error MakeClosedError();

}  // namespace connect_hiredis
