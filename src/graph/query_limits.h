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
  /// Of the distances, `reserve` are kept for finish(), but no more than half.
  LimitWatch(const Limits& limits, const SearchWork& work, std::uint64_t reserve = 0)
      : cancel_(limits.cancel), work_(&work), timed_(limits.time.count() > 0) {
    if (limits.distances != 0) {
      last_distance_ =
          work.compared() + std::min(limits.distances, last_distance_ - work.compared());
      reserve_ = std::min(reserve, limits.distances / 2);
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
    const std::uint64_t spent = work_->compared() + reserve_;
    const std::uint64_t left = last_distance_ - std::min(spent, last_distance_);
    if (count <= left) return count;
    stopped_ = Stopped::distances;
    return static_cast<std::size_t>(left);
  }

  /// Lets grant() give what was kept.
  void release() noexcept { reserve_ = 0; }

  /// How many of `count` distances may be computed after the search has ended, for whatever reason.
  std::size_t finish(std::size_t count) const noexcept {
    return static_cast<std::size_t>(
        std::min<std::uint64_t>(count, last_distance_ - work_->compared()));
  }

  Stopped stopped() const noexcept { return stopped_; }

 private:
  const std::atomic<bool>* cancel_;
  const SearchWork* work_;
  bool timed_;
  std::chrono::steady_clock::time_point deadline_{};
  std::uint64_t last_distance_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t reserve_ = 0;
  Stopped stopped_ = Stopped::no;
};

}  // namespace skerry::graph
