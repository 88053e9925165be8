#pragma once
// Intervals of 95 % and what they are made of elsewhere: over queries by bootstrap.h, over seeds by
// t_interval.h.

#include <algorithm>
#include <cmath>

namespace skerry::experiments {

/// Level of every interval and 1 - level of every test.
inline constexpr double confidence = 0.95;

struct Interval {
  double low = 0;
  double high = 0;
};

/// An interval around `estimate` for two independent causes of error: half-widths are added as
/// roots of squares, on each side. What both causes share (how graphs differ from query to query)
/// is counted twice, so the interval is rather too wide than too narrow.
inline Interval combine(double estimate, const Interval& a, const Interval& b) {
  const auto below = [&](const Interval& each) { return std::max(0.0, estimate - each.low); };
  const auto above = [&](const Interval& each) { return std::max(0.0, each.high - estimate); };
  return {estimate - std::hypot(below(a), below(b)), estimate + std::hypot(above(a), above(b))};
}

}  // namespace skerry::experiments
