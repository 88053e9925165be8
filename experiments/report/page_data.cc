#include "experiments/report/page_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "experiments/keys.h"
#include "experiments/record_set.h"
#include "experiments/report/curves.h"
#include "experiments/report/noise_floor.h"
#include "experiments/report/query_summary.h"
#include "experiments/report/record_fields.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

std::string_view stage_of(const std::string& column) {
  for (const Key& key : keys()) {
    if (key.column != column) continue;
    return key.stage == Stage::graph ? "graph" : key.stage == Stage::layout ? "layout" : "search";
  }
  return "search";
}

ordered_json varying_json(const ResultsInput& input, const std::vector<ordered_json>& records) {
  ordered_json columns = ordered_json::array();
  if (input.directories.size() > 1) {
    columns.push_back({{"name", "directory"}, {"stage", "graph"}});
  }
  const std::string data = text_at(records.front(), "dataset", "hash");
  if (std::any_of(records.begin(), records.end(), [&](const ordered_json& record) {
        return text_at(record, "dataset", "hash") != data;
      })) {
    columns.push_back({{"name", "dataset"}, {"stage", "graph"}});
  }
  for (const std::string& column : varying_columns(records)) {
    columns.push_back({{"name", column}, {"stage", stage_of(column)}});
  }
  return columns;
}

ordered_json queries_json(const QuerySummary& summary) {
  ordered_json latency = ordered_json::array();
  for (const LatencyQuantile& quantile : summary.latency) {
    latency.push_back({quantile.share, quantile.microseconds});
  }
  ordered_json queries = {{"latency", std::move(latency)}};
  if (summary.recall) queries["recall"] = {summary.recall->low, summary.recall->high};
  return queries;
}

/// Points with what their per-query rows say. A damaged file costs its point these numbers only.
ordered_json points_json(const ResultsInput& input, std::vector<std::string>& warnings) {
  ordered_json points = ordered_json::array();
  for (const MeasuredPoint& point : input.points) {
    ordered_json object = {{"directory", point.directory}, {"record", point.record}};
    const double k = number_at(point.record, "config", "k").value_or(0);
    try {
      const std::vector<QueryRow> rows = read_query_rows(query_rows_file(
          input.directories[point.directory].path, point.record.at("point").get<std::string>()));
      if (k >= 1 && !rows.empty()) {
        object["queries"] = queries_json(summarize_queries(rows, static_cast<std::size_t>(k)));
      }
    } catch (const Error& error) {
      if (error.code() != Code::not_found) warnings.emplace_back(error.what());
    }
    points.push_back(std::move(object));
  }
  return points;
}

ordered_json or_null(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json curves_json(const ResultsInput& input, std::span<const double> targets) {
  ordered_json curves = ordered_json::array();
  for (const Curve& curve : make_curves(input, targets)) {
    ordered_json at = ordered_json::array();
    for (const AtRecall& values : curve.at) {
      at.push_back({{"qps", or_null(values.qps)}, {"distances", or_null(values.distances)}});
    }
    curves.push_back({{"points", curve.points}, {"at", std::move(at)}});
  }
  return curves;
}

ordered_json directories_json(const ResultsInput& input) {
  ordered_json directories = ordered_json::array();
  for (const ResultsDirectory& directory : input.directories) {
    directories.push_back({{"path", directory.path.string()},
                           {"superseded", directory.superseded},
                           {"torn", directory.torn}});
  }
  return directories;
}

ordered_json noise_json(const ResultsInput& input) {
  const std::optional<NoiseFloor> noise = noise_floor(input);
  if (!noise) return nullptr;
  return {{"pairs", noise->pairs},
          {"qps_median", noise->qps_median},
          {"qps_max", noise->qps_max},
          {"differing", noise->differing}};
}

}  // namespace

ordered_json page_data(const ResultsInput& input, std::span<const double> targets) {
  const std::vector<ordered_json> records = records_of(input);
  std::vector<std::string> warnings = warnings_of(input);
  ordered_json points = points_json(input, warnings);
  ordered_json failures = ordered_json::array();
  for (const MeasuredPoint& failure : input.failures) failures.push_back(failure.record);
  return {{"targets", std::vector<double>(targets.begin(), targets.end())},
          {"directories", directories_json(input)},
          {"varying", varying_json(input, records)},
          {"points", std::move(points)},
          {"curves", curves_json(input, targets)},
          {"noise", noise_json(input)},
          {"failures", std::move(failures)},
          {"warnings", warnings}};
}

}  // namespace skerry::experiments
