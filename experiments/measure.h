#pragma once
// Passes over all queries: one that counts, some that are timed, and one that splits the time. They
// never share a store decorator or a stopwatch, so that counting costs the clock nothing.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "experiments/dataset.h"
#include "graph/reader.h"
#include "kv/store.h"

namespace skerry::experiments {

struct CountedQuery {
  std::vector<std::uint32_t> ids;  ///< nearest first
  std::vector<float> reported;     ///< distances as people read them, one for each id
  std::uint64_t distances = 0;
  std::uint64_t code_distances = 0;
  std::uint64_t hops = 0;
  std::uint64_t gets = 0;
  std::uint64_t bytes = 0;  ///< of values read
};

struct CountedPass {
  std::vector<CountedQuery> queries;
  std::vector<kv::EngineCounter> engine;  ///< what the pass added to the engine's sums; no levels
};

/// One pass through a freshly opened view: what opening reads is not counted, what a memo fetches
/// for the first time is.
CountedPass count_pass(kv::Store& store, std::string_view index, const graph::ReaderOptions& opened,
                       const graph::SearchOptions& options, const Matrix& queries);

/// The timed passes of one point.
class TimedPasses {
 public:
  /// `queries` must outlive this.
  TimedPasses(const graph::SearchOptions& options, const Matrix& queries, unsigned threads)
      : options_(options), queries_(&queries), threads_(threads) {}

  /// Queries are dealt to the threads in small chunks. A pass lasts from the start of its first
  /// query to the end of its last.
  void run(const graph::Reader& reader);

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

  /// Nanoseconds of one query in each pass, in the order in which the passes ran.
  std::vector<std::uint32_t> of(std::size_t query) const;

 private:
  struct Pass {
    std::int64_t nanoseconds = 0;
    std::vector<std::uint32_t> per_query;  ///< nanoseconds
  };

  /// Fastest first.
  std::vector<const Pass*> sorted() const;
  const Pass& median() const;

  graph::SearchOptions options_;
  const Matrix* queries_;
  unsigned threads_;
  std::vector<Pass> passes_;
};

/// Microseconds of a query, on one thread, by where they went (graph/stopwatch.h).
struct TimeSplit {
  double store = 0, decode = 0, distance = 0, heap = 0;
};

TimeSplit split_pass(const graph::Reader& reader, const graph::SearchOptions& options,
                     const Matrix& queries);

}  // namespace skerry::experiments
