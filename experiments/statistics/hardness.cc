#include "experiments/statistics/hardness.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace skerry::experiments {

std::optional<double> local_intrinsic_dimension(std::span<const double> distances) {
  const auto first =
      std::find_if(distances.begin(), distances.end(), [](double each) { return each > 0; });
  const auto others = distances.subspan(static_cast<std::size_t>(first - distances.begin()));
  if (others.size() < 2) return std::nullopt;
  double sum = 0;
  for (const double distance : others) sum += std::log(others.back() / distance);
  if (!(sum > 0)) return std::nullopt;
  return static_cast<double>(others.size() - 1) / sum;
}

std::optional<double> relative_contrast(double mean, double near) {
  if (!(near > 0)) return std::nullopt;
  return mean / near;
}

}  // namespace skerry::experiments
