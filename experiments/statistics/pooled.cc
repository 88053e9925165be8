#include "experiments/statistics/pooled.h"

#include <cmath>
#include <numeric>

#include "experiments/statistics/t_interval.h"

namespace skerry::experiments {

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

namespace {

/// Such that the effects' mean is the effect of the means.
double middle_of(const CompareMetric& metric, std::vector<double> values) {
  // The mean of one value is the value itself, without rounding.
  if (metric.scale == Scale::difference || values.size() == 1) return mean_of(values);
  for (double& value : values) value = std::log(value);
  return std::exp(mean_of(values));
}

}  // namespace

void Pooled::add(std::optional<double> a, std::optional<double> b) {
  const std::optional<double> effect = a && b ? effect_of(metric_, *a, *b) : std::nullopt;
  if (!effect) {
    missing_ = true;
    return;
  }
  a_.push_back(*a);
  b_.push_back(*b);
  effects_.push_back(*effect);
}

void Pooled::fill(ComparisonRow& row) const {
  if (missing_ || effects_.empty()) return;
  row.a = middle_of(metric_, a_);
  row.b = middle_of(metric_, b_);
  row.effect = mean_of(effects_);
  row.over_seeds = t_interval(effects_);
}

std::optional<double> Pooled::p() const { return missing_ ? std::nullopt : t_test(effects_); }

}  // namespace skerry::experiments
