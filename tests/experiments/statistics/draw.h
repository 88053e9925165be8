#pragma once
// Seeded draws for simulations.

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "base/random.h"

namespace skerry::experiments {

/// Standard normal (Box, Muller 1958).
inline double draw_normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.unit()));
  return radius * std::cos(2 * std::numbers::pi * random.unit());
}

inline std::vector<double> draw_normals(Random& random, std::size_t count, double mean = 0) {
  std::vector<double> values(count);
  for (double& value : values) value = mean + draw_normal(random);
  return values;
}

}  // namespace skerry::experiments
