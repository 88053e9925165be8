#include "experiments/statistics/point_rows.h"

#include <algorithm>

#include "base/error.h"
#include "experiments/report/record_fields.h"

namespace skerry::experiments {

const std::vector<QueryRow>& PointRows::rows(const std::filesystem::path& file) {
  const auto [place, is_new] = read_.try_emplace(file);
  if (!is_new) return place->second;
  try {
    place->second = read_query_rows(file);
  } catch (const Error& error) {
    if (error.code() != Code::not_found) throw;
  }
  if (place->second.empty()) return place->second;
  if (first_.empty()) first_ = file;
  const std::vector<QueryRow>& first = read_.at(first_);
  const bool same =
      std::equal(first.begin(), first.end(), place->second.begin(), place->second.end(),
                 [](const QueryRow& a, const QueryRow& b) { return a.query == b.query; });
  if (!same) {
    throw Error(Code::mismatch, "the rows of these files are not of the same queries",
                {.expected = first_.string(), .found = file.string()});
  }
  return place->second;
}

std::vector<double> PointRows::values(const Side& side, const nlohmann::ordered_json& point,
                                      const CompareMetric& metric) {
  const double k = number_at(point, "config", "k").value_or(0);
  if (metric.of_row == nullptr || !(k >= 1)) return {};
  std::vector<double> values;
  for (const QueryRow& row : rows(query_rows_file(side.directory, point.at("point")))) {
    values.push_back(metric.of_row(row, k));
  }
  return values;
}

}  // namespace skerry::experiments
