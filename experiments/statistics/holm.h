#pragma once
// Many tests at once: Holm, "A simple sequentially rejective multiple test procedure",
// Scandinavian Journal of Statistics 6 (1979), 65-70.

#include <span>
#include <vector>

namespace skerry::experiments {

/// The adjusted p of each test of a family, in the same order: rejecting those at most alpha makes
/// one wrong rejection or more with probability alpha at most. p in 0..1.
std::vector<double> holm(std::span<const double> p);

}  // namespace skerry::experiments
