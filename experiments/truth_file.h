#pragma once
// True neighbours as a file has them: read, and held against the vectors they speak about.

#include <optional>

#include "experiments/dataset.h"
#include "experiments/formats/matrix_file.h"

namespace skerry::experiments {

/// Reads the ids of `neighbors`. Rows that end in -1 are short; the depth becomes that of the
/// shortest row, and a depth of 0 gives nothing. Throws Error: mismatch unless there is one row per
/// query; unsupported for ids that are not integers; corrupt for an id outside 0..vectors-1, an id
/// that occurs twice in a row, and a -1 before an id.
std::optional<Truth> read_truth(const MatrixFile& neighbors, std::size_t queries,
                                std::size_t vectors);

/// Throws Error{mismatch} that names the query when dataset.truth does not belong to the vectors.
/// For a sample of queries: distances computed from the ids ascend; they agree with `distances`
/// (may be null) to 1e-3, in any of the conventions of the field (squared L2, similarity instead of
/// distance, share of differing bits); for a smaller sample, brute force finds nothing nearer.
void check_truth(const Dataset& dataset, const distance::Metric& metric,
                 const MatrixFile& neighbors, const MatrixFile* distances);

}  // namespace skerry::experiments
