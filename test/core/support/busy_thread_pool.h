// Work that occupies every thread of libuv's pool, so that whatever else needs one has to wait.
#pragma once

#include <cstddef>
#include <semaphore>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <uv.h>

namespace connect_hiredis::test {

class BusyThreadPool {
 public:
  explicit BusyThreadPool(uv_loop_t* loop) : loop_(loop), works_(kWorks) {
    for (uv_work_t& work : works_) {
      work.data = this;
      const int result = uv_queue_work(
          loop, &work,
          [](uv_work_t* queued) { static_cast<BusyThreadPool*>(queued->data)->release_.acquire(); },
          [](uv_work_t* done, int) { --static_cast<BusyThreadPool*>(done->data)->held_; });
      EXPECT_EQ(result, 0);
      if (result == 0) ++held_;
    }
  }
  BusyThreadPool(const BusyThreadPool&) = delete;
  BusyThreadPool& operator=(const BusyThreadPool&) = delete;
  // Until its callback has run on the loop, a thread may still use what belongs to a work.
  ~BusyThreadPool() {
    Release();
    while (held_ > 0) uv_run(loop_, UV_RUN_ONCE);
  }

  // The threads are free for others from now on.
  void Release() {
    if (!std::exchange(released_, true)) release_.release(kWorks);
  }

 private:
  // More than the pool has threads: four, unless the environment says otherwise.
  static constexpr std::ptrdiff_t kWorks = 16;

  uv_loop_t* loop_;
  std::vector<uv_work_t> works_;
  std::counting_semaphore<> release_{0};
  std::size_t held_ = 0;  // works whose callback has not run
  bool released_ = false;
};

}  // namespace connect_hiredis::test
