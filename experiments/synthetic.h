#pragma once
// Synthetic data sets, named by a spec: `clustered(n=100000, d=64, clusters=500)`.
//
// The same numbers on every machine (synthetic/draws.h). Vector i depends on the law's parameters
// and i only: unless a law's text says otherwise, a smaller n is a prefix of a larger one. Queries
// are drawn as vectors are, but one that equals a vector is drawn again, up to 16 times: only a law
// with too few values to give (a spread of 0, a few bits) leaves equal ones. Under hamming a bit
// says whether the component lies at or above its distribution's middle.

#include <span>
#include <string>

#include "experiments/dataset.h"
#include "experiments/synthetic/generator.h"

namespace skerry::experiments {

/// All laws, in the order in which they are listed to people.
std::span<const SyntheticKind* const> synthetic_kinds();

/// Shapes only. Throws Error{invalid_argument} for a spec that has no meaning.
DatasetInfo synthetic_info(const std::string& spec);

/// At most `limit` vectors (0: all). Throws Error: invalid_argument; full when they would not fit
/// into memory. Leaves truth and hash empty.
Dataset synthetic_dataset(const std::string& spec, const distance::Metric& metric,
                          std::size_t limit);

}  // namespace skerry::experiments
