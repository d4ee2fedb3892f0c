// Prefixes and keys of any bytes: a pattern matches exactly the keys that begin with its prefix,
// and the filter knows exactly those that it has seen.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include <fuzzer/FuzzedDataProvider.h>

#include "require.h"
#include "session/glob.h"
#include "session/key_filter.h"
#include "support/redis_glob.h"

namespace connect_hiredis::fuzz {
namespace {

void CheckPattern(std::string_view prefix, std::string_view key) {
  const std::string pattern = PrefixPattern(prefix);
  Require(test::RedisGlobMatches(pattern, key) == key.starts_with(prefix),
          "a pattern matches a key if and only if that begins with the prefix");
  Require(test::RedisGlobMatches(pattern, std::string(prefix).append(key)),
          "a pattern matches every key with the prefix");
}

void Run(FuzzedDataProvider& data) {
  const std::string prefix = data.ConsumeRandomLengthString();
  KeyFilter filter;
  std::set<std::string> seen;
  while (data.remaining_bytes() > 0) {
    const std::string key = data.ConsumeRandomLengthString();
    CheckPattern(prefix, key);
    Require(filter.Add(key) == seen.insert(key).second, "a key is new once");
    Require(filter.size() == seen.size(), "the filter counts what it has seen");
  }
}

}  // namespace
}  // namespace connect_hiredis::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  connect_hiredis::fuzz::Run(data);
  return 0;
}
