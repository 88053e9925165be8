#include "experiments/report/query_summary.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace skerry::experiments {

namespace {

/// Dense where a distribution's tail is read.
constexpr std::array<double, 27> shares = {0.0,  0.01, 0.02, 0.05, 0.1,  0.15, 0.2,   0.25,  0.3,
                                           0.35, 0.4,  0.45, 0.5,  0.55, 0.6,  0.65,  0.7,   0.75,
                                           0.8,  0.85, 0.9,  0.95, 0.98, 0.99, 0.995, 0.999, 1.0};

std::uint32_t lower_median(std::vector<std::uint32_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<LatencyQuantile> latency_quantiles(std::span<const QueryRow> rows) {
  std::vector<std::uint32_t> sorted;
  for (const QueryRow& row : rows) {
    if (!row.latency_ns.empty()) sorted.push_back(lower_median(row.latency_ns));
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<LatencyQuantile> quantiles;
  if (sorted.empty()) return quantiles;
  const auto count = static_cast<double>(sorted.size());
  for (const double share : shares) {
    const double rank = std::clamp(std::ceil(share * count), 1.0, count);
    quantiles.push_back({share, sorted[static_cast<std::size_t>(rank) - 1] / 1000.0});
  }
  return quantiles;
}

std::optional<RecallRange> recall_interval(std::span<const QueryRow> rows, std::size_t k) {
  if (rows.size() < 2) return std::nullopt;
  const auto count = static_cast<double>(rows.size());
  double mean = 0;
  for (const QueryRow& row : rows) mean += row.hits / static_cast<double>(k) / count;
  double squares = 0;
  for (const QueryRow& row : rows) squares += std::pow(row.hits / static_cast<double>(k) - mean, 2);
  const bool perfect =
      std::all_of(rows.begin(), rows.end(), [&](const QueryRow& row) { return row.hits >= k; });
  if (perfect) return RecallRange{std::max(0.0, 1 - 3 / count), 1};
  const double margin = 1.96 * std::sqrt(squares / (count - 1) / count);
  return RecallRange{std::max(0.0, mean - margin), std::min(1.0, mean + margin)};
}

}  // namespace

QuerySummary summarize_queries(std::span<const QueryRow> rows, std::size_t k) {
  return {.latency = latency_quantiles(rows), .recall = recall_interval(rows, k)};
}

}  // namespace skerry::experiments
