#pragma once
// What a point's searches returned, which `skerry run --save-neighbours` writes beside the results:
//   DIR/neighbours/<point>.ids.npy        u4 [queries, k], 0xFFFFFFFF where fewer were found
//   DIR/neighbours/<point>.distances.npy  f4 [queries, k], in the metric's own unit: 1 - cos, L2
//                                         (not squared), differing bits

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skerry::experiments {

inline constexpr std::uint32_t no_neighbour = 0xFFFFFFFF;

struct Neighbours {
  std::size_t queries = 0;
  std::size_t k = 0;
  std::vector<std::uint32_t> ids;  ///< [queries x k]
  std::vector<float> distances;    ///< [queries x k]
};

/// Throws Error: not_found (names the file and the option that writes it), io, corrupt when a file
/// is damaged or the two do not fit to each other.
Neighbours neighbours_of(const std::filesystem::path& directory, const std::string& point);

}  // namespace skerry::experiments
