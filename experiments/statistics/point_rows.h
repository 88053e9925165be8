#pragma once
// The per-query figures of points, as vectors of numbers.

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "experiments/statistics/compare_metric.h"
#include "experiments/statistics/side.h"

namespace skerry::experiments {

/// Reads the rows of points once each.
class PointRows {
 public:
  /// `metric` of each query of a point of `side`, in the order of the file; empty when the metric
  /// is not in rows, when there is no file, and when it holds no row. Throws Error: what
  /// read_query_rows() throws but not_found; mismatch when the queries are not those of the first
  /// file that was read (names both).
  std::vector<double> values(const Side& side, const nlohmann::ordered_json& point,
                             const CompareMetric& metric);

 private:
  const std::vector<QueryRow>& rows(const std::filesystem::path& file);

  std::map<std::filesystem::path, std::vector<QueryRow>> read_;
  std::filesystem::path first_;  ///< of the files that hold rows
};

}  // namespace skerry::experiments
