#pragma once
// Computed ground truth on disk.
//
// Little-endian: magic "sktruth\n", u32 version, u32 depth, u64 queries, u64 vectors, u32 length
// and text `<hash of the data set>-<metric>`; ids u32 [queries x depth]; XXH3_64 (seed 0) of all
// before.

#include <filesystem>
#include <optional>

#include "experiments/dataset.h"

namespace skerry::experiments {

inline constexpr std::uint32_t truth_cache_version = 1;

/// cache_directory()/ground-truth/<hash>-<metric>-<depth>.bin
std::filesystem::path truth_cache_file(const Dataset& dataset, const distance::Metric& metric,
                                       std::size_t depth);

/// Empty when there is no such file, or when it is not, byte for byte, what write_cached_truth()
/// writes for this data set.
std::optional<Truth> read_cached_truth(const Dataset& dataset, const distance::Metric& metric,
                                       std::size_t depth);

/// Creates the folder, too. Throws Error: no_space, io.
void write_cached_truth(const Dataset& dataset, const distance::Metric& metric, const Truth& truth);

}  // namespace skerry::experiments
