#pragma once
// Passes over all queries: one that counts, and some that are timed. They never share a store
// decorator, so that counting costs the clock nothing.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "experiments/dataset.h"
#include "graph/reader.h"
#include "kv/store.h"

namespace skerry::experiments {

struct CountedPass {
  std::vector<std::vector<std::uint32_t>> hits;  ///< [query], nearest first
  std::uint64_t distances = 0;
  std::uint64_t hops = 0;
  std::uint64_t gets = 0;
  std::uint64_t bytes = 0;  ///< of values read
};

/// One pass through a freshly opened view: what opening reads is not counted, what a
/// memo fetches for the first time is.
CountedPass count_pass(kv::Store& store, std::string_view index, std::string_view view,
                       const graph::SearchOptions& options, const Matrix& queries);

/// The timed passes of one point.
class TimedPasses {
 public:
  /// `reader` and `queries` must outlive this.
  TimedPasses(const graph::Reader& reader, const graph::SearchOptions& options,
              const Matrix& queries, unsigned threads);

  /// Queries are dealt to the threads in small chunks. A pass lasts from the start of its first
  /// query to the end of its last.
  void run();

  struct Rate {
    double median = 0, min = 0, max = 0;  ///< queries per second
  };

  /// Over the passes so far (at least one). The median is the middle pass, of an even number the
  /// slower of the middle two, so that it is a pass that took place.
  Rate rate() const;

  struct Latency {
    double p50 = 0, p95 = 0, p99 = 0;  ///< microseconds, nearest rank
  };

  /// Of all queries of the median pass.
  Latency latency() const;

 private:
  struct Pass {
    std::int64_t nanoseconds = 0;
    std::vector<std::uint32_t> per_query;  ///< nanoseconds
  };

  const Pass& median() const;

  graph::SearchOptions options_;
  const Matrix* queries_;
  std::vector<std::unique_ptr<graph::Reader::Searcher>> searchers_;  ///< one per thread
  std::vector<Pass> passes_;                                         ///< fastest first
};

}  // namespace skerry::experiments
