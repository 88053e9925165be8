#pragma once
// Synthetic data sets, named by a spec.
//
//   uniform(n, d, queries=1000, seed=1)     components uniform in [0, 1)
//   gaussian(n, d, queries=1000, seed=1)    components of mean 0 and variance 1
//   clustered(n, d, clusters=100, spread=0.1, queries=1000, seed=1)
//                                           a centre uniform in [0, 1)^d plus spread * gaussian
//
// The same numbers on every machine: they come from base/random.h by integer arithmetic, exact
// conversions and IEEE products and sums; no mathematical library takes part. `gaussian` is a sum
// of 16 uniform 16-bit integers (Irwin-Hall), standardised: bounded by 6.93 deviations, excess
// kurtosis -0.075. Vector i depends on (seed, i) only, so a smaller n is a prefix of a larger one.
// Under hamming a bit says whether the component lies at or above its distribution's middle.

#include <string>

#include "experiments/dataset.h"

namespace skerry::experiments {

/// Shapes only. Throws Error{invalid_argument} for a spec that has no meaning.
DatasetInfo synthetic_info(const std::string& spec);

/// At most `limit` vectors (0: all). Throws Error: invalid_argument; full when they would not fit
/// into memory. Leaves truth and hash empty.
Dataset synthetic_dataset(const std::string& spec, const distance::Metric& metric,
                          std::size_t limit);

}  // namespace skerry::experiments
