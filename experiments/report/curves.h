#pragma once
// Points that differ in ef only, as one curve from recall to what it costs.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "experiments/report/results_input.h"

namespace skerry::experiments {

/// What a curve gives at one recall, between its measured points.
struct AtRecall {
  std::optional<double> qps;        ///< none: the recall lies outside of what was measured
  std::optional<double> distances;  ///< per query
};

struct Curve {
  std::vector<std::size_t> points;  ///< places in ResultsInput::points, by ascending ef
  std::vector<AtRecall> at;         ///< one per target
};

/// Every point is on exactly one curve: points of one directory and data set whose configs are
/// equal but for ef. Curves stand in the order of their first points. Values at `targets` (recalls
/// in (0, 1)) are interpolated by value_at_recall(), never extrapolated.
std::vector<Curve> make_curves(const ResultsInput& input, std::span<const double> targets);

}  // namespace skerry::experiments
