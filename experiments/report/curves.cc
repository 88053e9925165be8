#include "experiments/report/curves.h"

#include <algorithm>
#include <map>

#include "experiments/report/equal_recall.h"
#include "experiments/report/record_fields.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

/// Equal for points of one curve.
std::string curve_key(const MeasuredPoint& point) {
  ordered_json key = point.record.at("config");
  key.erase("ef");
  return std::to_string(point.directory) + text_at(point.record, "dataset", "hash") + key.dump();
}

double ef_of(const ordered_json& record) { return number_at(record, "config", "ef").value_or(0); }

/// One field of the curve's points over their recall.
std::vector<RecallPoint> over_recall(const ResultsInput& input, const Curve& curve,
                                     const char* group, const char* field) {
  std::vector<RecallPoint> points;
  for (const std::size_t place : curve.points) {
    const ordered_json& record = input.points[place].record;
    const auto recall = number_at(record, "recall", "strict");
    const auto value = number_at(record, group, field);
    if (recall && value) points.push_back({*recall, *value});
  }
  return points;
}

}  // namespace

std::vector<Curve> make_curves(const ResultsInput& input, std::span<const double> targets) {
  std::vector<Curve> curves;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < input.points.size(); ++i) {
    const auto [place, is_new] = places.try_emplace(curve_key(input.points[i]), curves.size());
    if (is_new) curves.emplace_back();
    curves[place->second].points.push_back(i);
  }
  for (Curve& curve : curves) {
    std::stable_sort(curve.points.begin(), curve.points.end(), [&](std::size_t a, std::size_t b) {
      return ef_of(input.points[a].record) < ef_of(input.points[b].record);
    });
    const std::vector<RecallPoint> qps = over_recall(input, curve, "qps", "median");
    const std::vector<RecallPoint> distances = over_recall(input, curve, "work", "distances");
    for (const double target : targets) {
      curve.at.push_back(
          {value_at_recall(qps, target, true), value_at_recall(distances, target, false)});
    }
  }
  return curves;
}

}  // namespace skerry::experiments
