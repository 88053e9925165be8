#include "experiments/report/noise_floor.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "experiments/report/record_fields.h"

namespace skerry::experiments {

std::optional<NoiseFloor> noise_floor(const ResultsInput& input) {
  std::map<std::pair<std::size_t, std::string>, const nlohmann::ordered_json*> points;
  for (const MeasuredPoint& point : input.points) {
    points[{point.directory, point.record.at("point").get<std::string>()}] = &point.record;
  }
  NoiseFloor noise;
  std::vector<double> ratios;
  for (const MeasuredPoint& repeat : input.repeats) {
    const auto found =
        points.find({repeat.directory, repeat.record.at("point").get<std::string>()});
    if (found == points.end()) continue;
    const nlohmann::ordered_json& first = *found->second;
    const double a = number_at(first, "qps", "median").value_or(0);
    const double b = number_at(repeat.record, "qps", "median").value_or(0);
    if (!(a > 0) || !(b > 0)) continue;
    ratios.push_back(std::max(a, b) / std::min(a, b));
    noise.differing +=
        number_at(first, "recall", "strict") != number_at(repeat.record, "recall", "strict") ||
        number_at(first, "work", "distances") != number_at(repeat.record, "work", "distances");
  }
  if (ratios.empty()) return std::nullopt;
  std::sort(ratios.begin(), ratios.end());
  noise.pairs = ratios.size();
  noise.qps_median = ratios[(ratios.size() - 1) / 2];
  noise.qps_max = ratios.back();
  return noise;
}

}  // namespace skerry::experiments
