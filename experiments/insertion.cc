#include "experiments/insertion.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.h"
#include "experiments/exact_search.h"

namespace skerry::experiments {

namespace {

constexpr std::size_t lid_neighbours = 100;

/// In the metric itself, not its power: the estimate is of a dimension under a distance.
double metric_distance(const Dataset& dataset, const distance::Metric& metric, Slot a, Slot b) {
  const double reported = distance::exact_distance(metric, dataset.train.row(a),
                                                   dataset.train.row(b), dataset.train.dimension);
  // 1 - cos is the square of a distance between unit vectors.
  return metric.name == "cosine" ? std::sqrt(std::max(0.0, reported)) : reported;
}

std::vector<double> intrinsic_dimensions(const Dataset& dataset, const distance::Metric& metric,
                                         unsigned threads) {
  const std::size_t rows = dataset.train.rows;
  const std::size_t depth = std::min(lid_neighbours + 1, rows);  // a row finds itself
  std::vector<double> lid(rows, 0);
  if (depth < 3) return lid;
  const Truth truth = exact_search(dataset.train, dataset.train, metric, depth, threads);
  parallel_for(rows, threads, 64, [&](std::size_t begin, std::size_t end, unsigned) {
    std::vector<double> distances;
    for (std::size_t row = begin; row < end; ++row) {
      distances.clear();
      for (const std::uint32_t other : truth.of(row)) {
        if (other == row) continue;
        const double d = metric_distance(dataset, metric, static_cast<Slot>(row), other);
        if (d > 0) distances.push_back(d);
      }
      if (distances.size() < 2) continue;
      const double last = *std::max_element(distances.begin(), distances.end());
      double sum = 0;
      for (const double d : distances) sum += std::log(d / last);
      if (sum < 0) lid[row] = -static_cast<double>(distances.size() - 1) / sum;
    }
  });
  return lid;
}

}  // namespace

std::vector<Slot> insertion_order(std::string_view word, const Dataset& dataset,
                                  const distance::Metric& metric, unsigned threads) {
  if (word == "shuffled") return {};
  std::vector<Slot> order(dataset.train.rows);
  std::iota(order.begin(), order.end(), Slot{0});
  if (word == "given") return order;
  const std::vector<double> lid = intrinsic_dimensions(dataset, metric, threads);
  const bool ascending = word == "lid_ascending";
  std::stable_sort(order.begin(), order.end(),
                   [&](Slot a, Slot b) { return ascending ? lid[a] < lid[b] : lid[a] > lid[b]; });
  return order;
}

}  // namespace skerry::experiments
