#pragma once
// Results in the form of ann-benchmarks (https://github.com/erikbern/ann-benchmarks): one HDF5 file
// per point, so that its plot.py draws our runs beside its own.

#include <filesystem>

#include "experiments/report/results_input.h"

namespace skerry::experiments {

/// Writes `folder`/results/DATASET/K/ALGORITHM/PARAMETERS_POINT.hdf5 for every point. DATASET is
/// the data set's file name without extension (ann-benchmarks looks up the truth by it), ALGORITHM
/// the store and view ("skerry-lmdb-memo"; "-batch" at the end when several threads dealt the
/// queries). Each point needs its per-query rows and its neighbours; everything is read before
/// anything is written. Returns the number of files. Throws Error: not_found (names what is missing
/// and what writes it), corrupt, io, no_space, unsupported for a metric that ann-benchmarks does
/// not have.
std::size_t write_annb(const ResultsInput& input, const std::filesystem::path& folder);

}  // namespace skerry::experiments
