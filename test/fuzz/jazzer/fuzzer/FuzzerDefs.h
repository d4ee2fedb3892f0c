// What the addon of @jazzer.js/fuzzer needs of libFuzzer's internal header of this name, over the
// interface that Clang documents
// (https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv,
                                   int (*callback)(const std::uint8_t* data, std::size_t size));

namespace fuzzer {

using UserCallback = int (*)(const std::uint8_t* data, std::size_t size);

// Jazzer.js' libFuzzer stops when the callback returns this (RETURN_EXIT in shared/libfuzzer.h):
// what was thrown has been printed by then, and its input written down. Clang's would go on.
constexpr int kStop = -2;
constexpr int kExitCode = 77;

inline UserCallback& Callback() {
  static UserCallback callback = nullptr;
  return callback;
}

inline int FuzzerDriver(int* argc, char*** argv, UserCallback callback) {
  Callback() = callback;
  return LLVMFuzzerRunDriver(argc, argv, [](const std::uint8_t* data, std::size_t size) {
    const int result = Callback()(data, size);
    if (result == kStop) std::_Exit(kExitCode);
    return result;
  });
}

}  // namespace fuzzer
