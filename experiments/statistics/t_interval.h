#pragma once
// Student's t for few units, such as seeds.

#include <cstddef>
#include <optional>
#include <span>

#include "experiments/statistics/interval.h"

namespace skerry::experiments {

/// Mean +- t(0.975; n - 1) s / sqrt(n). None for fewer than two values. Values that are all equal
/// give an interval without width: what never varied among them may vary elsewhere.
std::optional<Interval> t_interval(std::span<const double> values);

/// Two-sided p of "the mean is 0". None for fewer than two values. Where all values are equal: 1
/// for zeros, else 0.
std::optional<double> t_test(std::span<const double> values);

/// Upper 95 % bound of the share of units that would fail, when none of `units` >= 1 failed: the
/// rule of three, 3 / units; at most 1 (Hanley, Lippman-Hand, JAMA 249 (1983), 1743).
double rule_of_three(std::size_t units);

}  // namespace skerry::experiments
