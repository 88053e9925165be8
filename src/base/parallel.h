#pragma once
// A parallel loop: the only way in which skerry starts threads.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace skerry {

/// Throws Error{invalid_argument} unless it is a number of threads that callers may ask
/// for: 1..1024.
void check_threads(unsigned threads);

/// The threads that this machine runs at once, as far as callers may ask for them; 1 where the
/// system does not tell.
unsigned machine_threads() noexcept;

/// Calls `body(begin, end, worker)` on disjoint chunks that cover [0, count), each of at most
/// `grain` (>= 1), on up to `threads` threads (the caller's is worker 0; workers are 0..threads-1).
/// Which worker gets which chunk is not fixed: a body must not let its result depend on it.
/// The first exception thrown by a body stops the hand-out of chunks and is rethrown here.
template <class Body>
void parallel_for(std::size_t count, unsigned threads, std::size_t grain, Body&& body) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&](unsigned worker) {
    try {
      while (!stop.load(std::memory_order_relaxed)) {
        const std::size_t begin = next.fetch_add(grain, std::memory_order_relaxed);
        if (begin >= count) break;
        body(begin, std::min(count, begin + grain), worker);
      }
    } catch (...) {
      stop.store(true, std::memory_order_relaxed);
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  const std::size_t chunks = (count + grain - 1) / grain;
  const auto wanted = static_cast<unsigned>(std::min<std::size_t>(std::max(1U, threads), chunks));
  {
    std::vector<std::jthread> helpers;
    for (unsigned worker = 1; worker < wanted; ++worker) helpers.emplace_back(work, worker);
    work(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace skerry
