// Recall, as experiments/ground_truth.h defines it.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "experiments/ground_truth.h"

namespace skerry::experiments {

namespace {

/// The first `k` results without repetitions, ascending.
std::vector<std::uint32_t> unique_ids(std::span<const std::uint32_t> returned, std::size_t k,
                                      std::size_t rows) {
  returned = returned.first(std::min(k, returned.size()));
  std::vector<std::uint32_t> ids(returned.begin(), returned.end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (!ids.empty() && ids.back() >= rows) {
    throw Error(
        Code::invalid_argument,
        fmt::format("a result has id {}; the data set has ids 0..{}", ids.back(), rows - 1));
  }
  return ids;
}

/// Size of the worst twentieth, at least one.
std::size_t worst_twentieth(std::size_t count) { return (count + 19) / 20; }

}  // namespace

Recall recall_of(const Dataset& dataset, const distance::Metric& metric, std::size_t query,
                 std::span<const std::uint32_t> returned, std::size_t k) {
  k = std::min(k, dataset.train.rows);
  if (k == 0 || !dataset.truth || dataset.truth->depth < k) {
    throw Error(Code::invalid_argument, fmt::format("recall at {} needs a truth of that depth", k));
  }
  const auto distance_to = [&](std::uint32_t id) {
    return distance::exact_distance(metric, dataset.test.row(query), dataset.train.row(id),
                                    dataset.train.dimension);
  };
  const std::span<const std::uint32_t> truth = dataset.truth->of(query).first(k);
  const double last = distance_to(truth.back());
  const double tolerance = 1e-6 * std::fabs(last) + 1e-12;
  std::size_t less = 0;
  for (const std::uint32_t id : truth) less += distance_to(id) < last - tolerance ? 1 : 0;

  std::vector<std::uint32_t> wanted(truth.begin(), truth.end());
  std::sort(wanted.begin(), wanted.end());
  std::size_t hits = 0;
  std::size_t nearer = 0;
  std::size_t tied = 0;
  const std::vector<std::uint32_t> ids = unique_ids(returned, k, dataset.train.rows);
  for (const std::uint32_t id : ids) {
    hits += std::binary_search(wanted.begin(), wanted.end(), id) ? 1 : 0;
    const double d = distance_to(id);
    if (d < last - tolerance) {
      ++nearer;
    } else if (d <= last + tolerance) {
      ++tied;
    }
  }
  Recall recall;
  recall.hits = static_cast<std::uint32_t>(hits);
  recall.hits_tie = static_cast<std::uint32_t>(nearer + std::min(tied, k - less));
  recall.strict = static_cast<double>(hits) / static_cast<double>(k);
  recall.tie = static_cast<double>(recall.hits_tie) / static_cast<double>(k);
  recall.returned_lt_k = ids.size() < k;
  return recall;
}

RecallSummary summarize(std::span<const Recall> recalls) {
  RecallSummary summary;
  if (recalls.empty()) return summary;
  std::vector<double> strict;
  for (const Recall& recall : recalls) {
    strict.push_back(recall.strict);
    summary.tie += recall.tie;
    summary.returned_lt_k += recall.returned_lt_k ? 1 : 0;
  }
  std::sort(strict.begin(), strict.end());
  const auto count = static_cast<double>(strict.size());
  const std::size_t worst = worst_twentieth(strict.size());
  const auto sum = [&](std::size_t n) {
    return std::accumulate(strict.begin(), strict.begin() + static_cast<std::ptrdiff_t>(n), 0.0);
  };
  summary.strict = sum(strict.size()) / count;
  summary.tie /= count;
  summary.p5 = strict[worst - 1];
  summary.worst5_mean = sum(worst) / static_cast<double>(worst);
  return summary;
}

}  // namespace skerry::experiments
