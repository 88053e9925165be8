#pragma once
// What a page shows of a point's per-query rows: few numbers that stand for many.

#include <optional>
#include <span>
#include <vector>

#include "experiments/query_rows.h"

namespace skerry::experiments {

struct LatencyQuantile {
  double share = 0;  ///< of the queries, 0..1, that took this long or less
  double microseconds = 0;
};

struct RecallRange {
  double low = 0;
  double high = 0;
};

struct QuerySummary {
  std::vector<LatencyQuantile> latency;  ///< ascending in both; empty when nothing was timed
  std::optional<RecallRange> recall;     ///< 95 % interval of the mean of strict recall
};

/// A query's latency is the median of its repetitions (the lower one of two); quantiles are taken
/// by nearest rank. The interval is the normal one, mean +- 1.96 standard errors within 0..1: for
/// queries drawn like these on this one graph, not for other graphs of the same kind. It needs two
/// queries. Where no query missed a neighbour it is the rule of three: down to 1 - 3 / queries.
/// `k` >= 1. Rows may be empty.
QuerySummary summarize_queries(std::span<const QueryRow> rows, std::size_t k);

}  // namespace skerry::experiments
