#pragma once
// One side of a comparison: points of a results directory.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "experiments/report/noise_floor.h"

namespace skerry::experiments {

struct Side {
  std::string label;  ///< as it was given
  std::filesystem::path directory;
  std::vector<nlohmann::ordered_json> records;
  std::optional<NoiseFloor> noise{};  ///< of all repeats in the directory
};

/// Reads DIR or DIR:EXPR (see report/point_filter.h). A name with colons is a directory's where
/// there is one; DIR ends at the first colon that leaves one. Throws Error: what read_results() and
/// PointFilter throw; not_found when no point is selected.
Side read_side(const std::string& text);

}  // namespace skerry::experiments
