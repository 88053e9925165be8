#include "experiments/report/equal_recall.h"

#include <algorithm>
#include <cmath>

namespace skerry::experiments {

namespace {

/// The points that none beats, by falling recall.
std::vector<RecallPoint> front_of(std::vector<RecallPoint> points, bool larger_is_better) {
  const auto better = [&](double a, double b) { return larger_is_better ? a > b : a < b; };
  std::sort(points.begin(), points.end(), [&](const RecallPoint& a, const RecallPoint& b) {
    return a.recall > b.recall || (a.recall == b.recall && better(a.value, b.value));
  });
  std::vector<RecallPoint> front;
  for (const RecallPoint& point : points) {
    if (front.empty() || better(point.value, front.back().value)) front.push_back(point);
  }
  return front;
}

}  // namespace

std::optional<double> value_at_recall(std::vector<RecallPoint> points, double recall,
                                      bool larger_is_better) {
  std::erase_if(points, [](const RecallPoint& point) { return !(point.value > 0); });
  const bool measured = std::any_of(points.begin(), points.end(), [&](const RecallPoint& point) {
    return point.recall <= recall;
  });
  if (!measured) return std::nullopt;
  const std::vector<RecallPoint> front = front_of(std::move(points), larger_is_better);
  if (recall < front.back().recall) return front.back().value;
  for (std::size_t i = 0; i < front.size(); ++i) {
    if (front[i].recall == recall) return front[i].value;
    if (i == 0 || front[i].recall > recall || front[i - 1].recall < recall) continue;
    const RecallPoint& above = front[i - 1];
    const RecallPoint& below = front[i];
    if (above.recall >= 1) return std::nullopt;
    const double share = (std::log1p(-recall) - std::log1p(-below.recall)) /
                         (std::log1p(-above.recall) - std::log1p(-below.recall));
    return std::exp(std::log(below.value) + share * std::log(above.value / below.value));
  }
  return std::nullopt;
}

}  // namespace skerry::experiments
