#include "experiments/advice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/spec.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

std::optional<double> number_at(const ordered_json& record, const char* pointer) {
  const ordered_json::json_pointer at(pointer);
  if (!record.contains(at) || !record.at(at).is_number()) return std::nullopt;
  const double number = record.at(at).get<double>();
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<double> cost_of(const ordered_json& record, Goal goal) {
  if (goal == Goal::qps) {
    const auto qps = number_at(record, "/qps/median");
    if (!qps || *qps <= 0) return std::nullopt;
    return 1 / *qps;
  }
  if (goal == Goal::distances) {
    const auto exact = number_at(record, "/work/distances");
    if (!exact) return std::nullopt;
    return *exact + number_at(record, "/work/code_distances").value_or(0);
  }
  const auto bytes = number_at(record, "/disk_bytes");
  const auto n = number_at(record, "/dataset/n");
  if (!bytes || !n || *n <= 0) return std::nullopt;
  return *bytes / *n;
}

/// All that a curve's points share: the config but `ef`, and the data.
std::string curve_of(const ordered_json& record) {
  ordered_json config = record.at("config");
  config.erase("ef");
  const auto dataset = record.find("dataset");
  return config.dump() + (dataset == record.end() ? "" : dataset->dump());
}

}  // namespace

Goal parse_goal(std::string_view text) {
  constexpr std::array<std::string_view, 3> names = {"qps", "distances", "bytes"};
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) {
    throw Error(Code::invalid_argument, unknown_name("goal", text, names));
  }
  return static_cast<Goal>(found - names.begin());
}

std::optional<Reached> reach(const std::vector<CurvePoint>& points, double recall) {
  double best = -1;  // running maximum before the point at hand
  for (std::size_t i = 0; i < points.size(); ++i) {
    const CurvePoint& right = points[i];
    if (right.recall < recall) {
      best = std::max(best, right.recall);
      continue;
    }
    if (i == 0 || right.recall == recall) return Reached{right.ef, right.cost, true, i == 0};
    const CurvePoint& left = points[i - 1];
    const double share = (recall - best) / (right.recall - best);
    const double low = std::log(static_cast<double>(left.ef));
    const double high = std::log(static_cast<double>(right.ef));
    const auto ef = std::clamp(
        static_cast<std::int64_t>(std::ceil(std::exp(low + share * (high - low)) - 1e-9)),
        left.ef + 1, right.ef);
    const double part = static_cast<double>(ef - left.ef) / static_cast<double>(right.ef - left.ef);
    return Reached{ef, left.cost + part * (right.cost - left.cost), ef == right.ef, false};
  }
  return std::nullopt;
}

std::vector<Advice> advise(const std::vector<ordered_json>& records, double recall, Goal goal) {
  std::vector<Advice> curves;
  std::map<std::string, std::size_t> places;
  const auto ef_of = [](const ordered_json* record) {
    return record->at("config").at("ef").get<std::int64_t>();
  };
  for (const ordered_json& record : records) {
    const auto ef = record.at("config").find("ef");
    if (ef == record.at("config").end() || !ef->is_number_integer() ||
        ef->get<std::int64_t>() < 1) {
      continue;
    }
    if (!number_at(record, "/recall/strict") || !cost_of(record, goal)) continue;
    const auto [place, fresh] = places.try_emplace(curve_of(record), curves.size());
    if (fresh) curves.emplace_back();
    curves[place->second].records.push_back(&record);
  }
  for (Advice& curve : curves) {
    std::sort(curve.records.begin(), curve.records.end(),
              [&](const auto* a, const auto* b) { return ef_of(a) < ef_of(b); });
    for (const ordered_json* record : curve.records) {
      curve.points.push_back(
          {ef_of(record), *number_at(*record, "/recall/strict"), *cost_of(*record, goal)});
    }
    curve.reached = reach(curve.points, recall);
    const double queries = number_at(*curve.records.front(), "/dataset/queries").value_or(0);
    if (queries > 0) curve.margin = 1.96 * std::sqrt(recall * (1 - recall) / queries);
  }
  const auto best = [](const Advice& curve) {
    double most = 0;
    for (const CurvePoint& point : curve.points) most = std::max(most, point.recall);
    return most;
  };
  std::stable_sort(curves.begin(), curves.end(), [&](const Advice& a, const Advice& b) {
    if (a.reached.has_value() != b.reached.has_value()) return a.reached.has_value();
    return a.reached ? a.reached->cost < b.reached->cost : best(a) > best(b);
  });
  return curves;
}

}  // namespace skerry::experiments
