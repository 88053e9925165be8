#pragma once
// The figures of both sides, seed by seed, put together.

#include <optional>
#include <span>
#include <vector>

#include "experiments/statistics/comparison.h"

namespace skerry::experiments {

double mean_of(std::span<const double> values);

class Pooled {
 public:
  explicit Pooled(const CompareMetric& metric) : metric_(metric) {}

  /// Of one seed. A figure that is missing, or has no ratio, makes all of them missing.
  void add(std::optional<double> a, std::optional<double> b);

  /// a, b, effect and over_seeds.
  void fill(ComparisonRow& row) const;

  /// Of t over seeds; none for fewer than two.
  std::optional<double> p() const;

 private:
  const CompareMetric& metric_;
  bool missing_ = false;
  std::vector<double> a_;
  std::vector<double> b_;
  std::vector<double> effects_;
};

}  // namespace skerry::experiments
