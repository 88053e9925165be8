#pragma once
// What searches found, beside the records: DIR/neighbours/<point>.ids.npy and .distances.npy.

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/measure.h"

namespace skerry::experiments {

/// Writes two npy files of `k` columns and a row for each query: ids u4, a missing one 0xFFFFFFFF,
/// and distances f4 as people read them, a missing one infinity. Each is whole or absent. Throws
/// Error{io, no_space}.
void write_neighbours(const std::filesystem::path& directory, const std::string& point,
                      const std::vector<CountedQuery>& queries, std::size_t k);

}  // namespace skerry::experiments
