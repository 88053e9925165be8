#pragma once
// What `skerry compare` compares: where a figure stands in records and in per-query rows, and what
// of it is better.

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "experiments/query_rows.h"

namespace skerry::experiments {

enum class Scale {
  difference,  ///< B - A
  ratio,       ///< B / A; computed as log(B / A)
};

struct CompareMetric {
  std::string_view name;
  std::string_view description;  ///< with unit
  Scale scale = Scale::ratio;
  bool larger_is_better = false;
  bool timed = false;  ///< measuring it again gives another value
  bool sized = false;  ///< the same at every ef: read at equal recall only
  double margin = 0;   ///< default; of a ratio the excess over 1

  /// Of a point; none when the record lacks it.
  std::optional<double> (*of_record)(const nlohmann::ordered_json& record);

  /// Of one query whose k neighbours were sought; its mean over queries is what is compared. Null
  /// when rows do not have it.
  double (*of_row)(const QueryRow& row, double k);
};

/// In the order in which they are listed to people.
std::span<const CompareMetric> compare_metrics();

/// By name; Error{invalid_argument} that names the nearest and lists the rest.
const CompareMetric& compare_metric(std::string_view name);

/// B against A on the metric's scale. Ratios need both above 0, and have none otherwise.
std::optional<double> effect_of(const CompareMetric& metric, double a, double b);

}  // namespace skerry::experiments
