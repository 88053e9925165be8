#pragma once
// Keeping a query within its limits.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>

#include "graph/query.h"

namespace skerry::graph {

/// Watches one query. `work` is what the query adds to, and outlives this.
class LimitWatch {
 public:
  LimitWatch(const Limits& limits, const SearchWork& work)
      : cancel_(limits.cancel), work_(&work), timed_(limits.time.count() > 0) {
    if (limits.distances != 0) {
      last_distance_ = work.distances + std::min(limits.distances, last_distance_ - work.distances);
    }
    if (timed_) deadline_ = std::chrono::steady_clock::now() + limits.time;
  }

  /// How many of `count` distances may be computed now; when fewer, stopped() says why.
  std::size_t grant(std::size_t count) noexcept {
    if (cancel_ != nullptr && cancel_->load(std::memory_order_relaxed)) {
      stopped_ = Stopped::cancelled;
      return 0;
    }
    if (timed_ && std::chrono::steady_clock::now() >= deadline_) {
      stopped_ = Stopped::time;
      return 0;
    }
    const std::uint64_t left = last_distance_ - work_->distances;
    if (count <= left) return count;
    stopped_ = Stopped::distances;
    return static_cast<std::size_t>(left);
  }

  Stopped stopped() const noexcept { return stopped_; }

 private:
  const std::atomic<bool>* cancel_;
  const SearchWork* work_;
  bool timed_;
  std::chrono::steady_clock::time_point deadline_{};
  std::uint64_t last_distance_ = std::numeric_limits<std::uint64_t>::max();
  Stopped stopped_ = Stopped::no;
};

}  // namespace skerry::graph
