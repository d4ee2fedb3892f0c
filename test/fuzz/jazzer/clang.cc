// What Jazzer.js adds to libFuzzer and Clang's libFuzzer does not have.
#include <cstdint>

extern "C" {

void __sanitizer_cov_trace_const_cmp8(std::uint64_t first, std::uint64_t second);
void __sanitizer_cov_trace_pc_indir(std::uintptr_t callee);
void __jazzer_set_death_callback(void (*callback)());

// Clang's takes the place of a comparison from the caller's address: here all have the same one.
__attribute__((visibility("default"))) void __sanitizer_cov_trace_const_cmp8_with_pc(
    std::uintptr_t /*place*/, std::uint64_t first, std::uint64_t second) {
  __sanitizer_cov_trace_const_cmp8(first, second);
}

__attribute__((visibility("default"))) void __sanitizer_cov_trace_pc_indir_with_pc(
    void* /*place*/, std::uintptr_t callee) {
  __sanitizer_cov_trace_pc_indir(callee);
}

// What writes down the input that was found.
__attribute__((visibility("default"))) void __sanitizer_set_death_callback(void (*callback)()) {
  __jazzer_set_death_callback(callback);
}

}  // extern "C"
