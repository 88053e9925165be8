#pragma once
// Exact neighbours by brute force, kept in a cache, and recall against them.

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/progress.h"
#include "experiments/dataset.h"

namespace skerry::experiments {

/// $XDG_CACHE_HOME/skerry, or ~/.cache/skerry.
std::filesystem::path cache_directory();

/// The `depth` nearest of `train` to each query by (f64 distance, id), on `threads` threads.
/// depth <= train.rows.
Truth compute_truth(const Dataset& dataset, const distance::Metric& metric, std::size_t depth,
                    unsigned threads, const Progress& progress = {});

/// The data set's own truth when it is deep enough for `k`, else the cached one, else a computed
/// one that is then cached (written to a temporary file, renamed; a damaged cache file is
/// recomputed). min(k, rows) deep at least.
const Truth& ensure_truth(Dataset& dataset, const distance::Metric& metric, std::size_t k,
                          unsigned threads, const Progress& progress = {});

/// Recall of one result list, as design.md defines it: distances of truth and result are recomputed
/// in f64; tol = 1e-6 |d_k| + 1e-12; ties at d_k count in `tie`, only the truth's own ids in
/// `strict` (truth ties broken by smallest id).
struct Recall {
  std::uint32_t hits = 0;      ///< strict = hits / k
  std::uint32_t hits_tie = 0;  ///< tie = hits_tie / k
  double strict = 0;
  double tie = 0;
  bool returned_lt_k = false;
};

Recall recall_of(const Dataset& dataset, const distance::Metric& metric, std::size_t query,
                 std::span<const std::uint32_t> returned, std::size_t k);

struct RecallSummary {
  double strict = 0;              ///< mean over queries
  double tie = 0;                 ///< mean over queries
  double p5 = 0;                  ///< 5th percentile of strict, nearest rank
  double worst5_mean = 0;         ///< mean strict of the worst 5 % of queries (at least one)
  std::size_t returned_lt_k = 0;  ///< queries with fewer than min(k, n) results
};

RecallSummary summarize(std::span<const Recall> recalls);

}  // namespace skerry::experiments
