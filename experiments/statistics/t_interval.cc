#include "experiments/statistics/t_interval.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace skerry::experiments {

namespace {

struct Moments {
  double mean = 0;
  double standard_error = 0;  ///< of the mean
};

/// Of two values or more.
Moments moments_of(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  Moments moments;
  for (const double value : values) moments.mean += value / count;
  // A rounded mean must not make equal values look different.
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*low == *high) return {*low, 0};
  double squares = 0;
  for (const double value : values) squares += (value - moments.mean) * (value - moments.mean);
  moments.standard_error = std::sqrt(squares / (count - 1) / count);
  return moments;
}

boost::math::students_t distribution(std::span<const double> values) {
  return boost::math::students_t(static_cast<double>(values.size() - 1));
}

}  // namespace

std::optional<Interval> t_interval(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const Moments moments = moments_of(values);
  const double half =
      boost::math::quantile(distribution(values), (1 + confidence) / 2) * moments.standard_error;
  return Interval{moments.mean - half, moments.mean + half};
}

std::optional<double> t_test(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const Moments moments = moments_of(values);
  if (moments.standard_error == 0) return moments.mean == 0 ? 1.0 : 0.0;
  const double t = std::abs(moments.mean) / moments.standard_error;
  return 2 * boost::math::cdf(boost::math::complement(distribution(values), t));
}

double rule_of_three(std::size_t units) { return std::min(1.0, 3 / static_cast<double>(units)); }

}  // namespace skerry::experiments
