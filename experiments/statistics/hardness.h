#pragma once
// How hard a query is for any method, by its distances alone.

#include <optional>
#include <span>

namespace skerry::experiments {

/// Local intrinsic dimension by maximum likelihood: (k - 1) / sum over i < k of ln(r_k / r_i), for
/// the distances r_1 <= .. <= r_k of the k nearest vectors (Levina, Bickel, NIPS 2004, eq. 8;
/// Amsaleg et al., KDD 2015). Distances must be those of a metric: squares halve the result.
/// Distances of 0 (copies of the query) are left out. None for fewer than two others, and when all
/// of them are equal.
std::optional<double> local_intrinsic_dimension(std::span<const double> distances);

/// Relative contrast: mean distance to a vector over the distance to the nearest (He, Kumar, Chang,
/// ICML 2012) or to the k-th. Near 1, nearest neighbours mean little. None when `near` is not
/// above 0.
std::optional<double> relative_contrast(double mean, double near);

}  // namespace skerry::experiments
