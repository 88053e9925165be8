#include "experiments/statistics/dataset_hardness.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/parallel.h"
#include "experiments/exact_search.h"
#include "experiments/statistics/hardness.h"

namespace skerry::experiments {

namespace {

/// Of a query to its true neighbours, nearest first.
std::vector<double> near_distances(const Dataset& dataset, const distance::Metric& metric,
                                   const Truth& truth, std::size_t query) {
  std::vector<double> distances;
  for (const std::uint32_t id : truth.of(query)) {
    const double reported = distance::exact_distance(
        metric, dataset.test.row(query), dataset.train.row(id), dataset.train.dimension);
    // 1 - cos is half of the squared distance on the sphere. Rounding may take it below 0.
    distances.push_back(metric.name == "cosine" ? std::sqrt(std::max(0.0, reported)) : reported);
  }
  return distances;
}

/// Rows of a matrix as the kernels read them.
class EncodedRows {
 public:
  EncodedRows(const Matrix& matrix, const distance::Metric& metric)
      : row_bytes_(metric.row_bytes(matrix.dimension)), bytes_(matrix.rows * row_bytes_) {
    for (std::size_t i = 0; i < matrix.rows; ++i) {
      metric.encode(matrix.row(i), matrix.dimension, bytes_.data() + i * row_bytes_);
    }
  }

  const std::byte* row(std::size_t i) const { return bytes_.data() + i * row_bytes_; }

 private:
  std::size_t row_bytes_;
  std::vector<std::byte> bytes_;
};

}  // namespace

std::vector<QueryHardness> hardness_of(const Dataset& dataset, const distance::Metric& metric,
                                       std::size_t k, unsigned threads, const Progress& progress) {
  if (!metric.is_metric) {
    throw Error(Code::unsupported,
                fmt::format("{} is no metric: it has neither an intrinsic dimension nor a contrast",
                            metric.name));
  }
  const Truth truth = exact_search(dataset.train, dataset.test, metric, k, threads, progress);
  const EncodedRows known(dataset.train, metric);
  const EncodedRows asked(dataset.test, metric);
  const distance::PairKernel pair = metric.kernels().pair;
  std::vector<QueryHardness> all(dataset.test.rows);
  parallel_for(all.size(), threads, 1, [&](std::size_t query, std::size_t, unsigned) {
    double sum = 0;
    for (std::size_t i = 0; i < dataset.train.rows; ++i) {
      const float stored = pair(asked.row(query), known.row(i), dataset.train.dimension);
      sum += metric.power == 2 ? std::sqrt(std::max(0.0F, stored)) : stored;
    }
    const double mean = sum / static_cast<double>(dataset.train.rows);
    const std::vector<double> near = near_distances(dataset, metric, truth, query);
    constexpr double none = QueryHardness::none;
    all[query] = {.dimension = local_intrinsic_dimension(near).value_or(none),
                  .contrast = relative_contrast(mean, near.front()).value_or(none),
                  .contrast_at_k = relative_contrast(mean, near.back()).value_or(none)};
  });
  return all;
}

double percentile(std::vector<double> values, double share) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return QueryHardness::none;
  std::sort(values.begin(), values.end());
  const auto count = static_cast<double>(values.size());
  const double rank = std::clamp(std::ceil(share * count), 1.0, count);
  return values[static_cast<std::size_t>(rank) - 1];
}

}  // namespace skerry::experiments
