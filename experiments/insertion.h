#pragma once
// The order in which items come into a graph (the config's `insertion`).

#include <string_view>
#include <vector>

#include "base/types.h"
#include "experiments/dataset.h"

namespace skerry::experiments {

/// Rows in the order of insertion; empty for `shuffled`, which is the builder's own.
///
///   given                            as the data set has them
///   lid_ascending, lid_descending    by local intrinsic dimension, ties by row
///
/// The local intrinsic dimension of a row x is the maximum-likelihood estimate over its k = 100
/// nearest other rows (Levina & Bickel, NIPS 2004, equation 8; k - 1 in place of k - 2 as Amsaleg
/// et al., KDD 2015, have it): -1 / mean of log(d_i / d_k) over those with d_i > 0, and 0 where
/// there are none. Exact neighbours: the work is quadratic in the number of rows.
std::vector<Slot> insertion_order(std::string_view word, const Dataset& dataset,
                                  const distance::Metric& metric, unsigned threads);

}  // namespace skerry::experiments
