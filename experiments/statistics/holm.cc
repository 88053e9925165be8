#include "experiments/statistics/holm.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace skerry::experiments {

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double above = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    above = std::max(above, std::min(1.0, static_cast<double>(order.size() - i) * p[order[i]]));
    adjusted[order[i]] = above;
  }
  return adjusted;
}

}  // namespace skerry::experiments
