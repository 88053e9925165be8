#pragma once
// Brute force, exact: every vector is compared, and the order is that of f64 distances.

#include "base/progress.h"
#include "experiments/dataset.h"

namespace skerry::experiments {

/// The `depth` nearest rows of `train` to each row of `queries` by (exact_distance, id), on
/// `threads` threads. Throws Error: invalid_argument unless 1 <= depth <= train.rows, and for a
/// vector that the metric refuses (names matrix and row); cancelled.
///
/// The f32 kernels look at every pair first. A pair is dropped only if its f32 distance is larger
/// than that of the worst kept one by more than rounding can explain (Higham, Accuracy and
/// Stability of Numerical Algorithms, 2nd ed., section 3.1: a sum of n products in any order is off
/// by at most n u / (1 - n u) of the sum of magnitudes). All others are measured in f64.
Truth exact_search(const Matrix& train, const Matrix& queries, const distance::Metric& metric,
                   std::size_t depth, unsigned threads, const Progress& progress = {});

}  // namespace skerry::experiments
