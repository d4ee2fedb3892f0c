// Bytes on their way out: appended at the end, taken from the front as far as somebody takes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace connect_hiredis {

class OutputBuffer {
 public:
  void Append(std::string_view bytes) { bytes_.append(bytes); }

  // Not taken yet; valid until the next call of Append or Take.
  [[nodiscard]] std::string_view left() const { return std::string_view(bytes_).substr(taken_); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::size_t size() const { return bytes_.size() - taken_; }

  // The first `count` of what is left are taken.
  void Take(std::size_t count) {
    taken_ += count;
    if (taken_ == bytes_.size()) {
      taken_ = 0;
      // Assigning an empty string would keep the memory.
      if (bytes_.capacity() > kKept) {
        std::string().swap(bytes_);
      } else {
        bytes_.clear();
      }
    } else if (taken_ > kKept && taken_ > bytes_.size() / 2) {
      bytes_.erase(0, taken_);
      taken_ = 0;
    }
  }

 private:
  // Memory that grew beyond this for one large session is given back.
  static constexpr std::size_t kKept = 1024UL * 1024;

  std::string bytes_;
  std::size_t taken_ = 0;
};

}  // namespace connect_hiredis
