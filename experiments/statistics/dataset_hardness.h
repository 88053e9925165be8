#pragma once
// How hard the queries of a data set are, each by itself.

#include <cstddef>
#include <limits>
#include <vector>

#include "base/progress.h"
#include "experiments/dataset.h"

namespace skerry::experiments {

struct QueryHardness {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();

  double dimension = none;      ///< local intrinsic dimension over the k nearest
  double contrast = none;       ///< relative contrast to the nearest
  double contrast_at_k = none;  ///< to the k-th
};

/// Of every query, by the exact distances of its k nearest and the mean (of f32 distances) over all
/// vectors; none where hardness.h gives none. Cosine counts as the root of 1 - cos, which is a
/// metric. Throws Error: unsupported for a metric that is none (inner_product), and what
/// exact_search() throws.
std::vector<QueryHardness> hardness_of(const Dataset& dataset, const distance::Metric& metric,
                                       std::size_t k, unsigned threads,
                                       const Progress& progress = {});

/// By nearest rank over what is not NaN; NaN when nothing is. `share` in (0, 1].
double percentile(std::vector<double> values, double share);

}  // namespace skerry::experiments
