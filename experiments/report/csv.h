#pragma once
// Results as comma-separated values.

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "experiments/report/results_input.h"

namespace skerry::experiments {

/// The scalar fields of a record in its order, with flattened names ("recall.strict"). Lists are
/// left out: a row has no place for them.
std::vector<std::pair<std::string, const nlohmann::ordered_json*>> scalar_fields(
    const nlohmann::ordered_json& record);

/// One row per point below a row of names, in the way of RFC 4180: lines end in CR LF, a field with
/// a comma, quote or line break stands in quotes. The first column is the results directory, then
/// every field that any point has; it is empty where a point lacks it. Numbers are spelt as the
/// records have them.
std::string results_csv(const ResultsInput& input);

}  // namespace skerry::experiments
