#pragma once
// A comparison for people and for programs.

#include <nlohmann/json.hpp>
#include <string>

#include "experiments/statistics/comparison.h"

namespace skerry::experiments {

/// A heading, a table, notes and the number of each verdict.
std::string text_of(const Side& a, const Side& b, const Comparison& comparison);

/// The same with all digits. Ratios, their intervals and noise are ratios here, not logarithms;
/// what is missing is null.
nlohmann::ordered_json json_of(const Side& a, const Side& b, const Comparison& comparison);

}  // namespace skerry::experiments
