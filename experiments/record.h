#pragma once
// The record of a point, put together from what its stages told, and what a summary takes from it.

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "experiments/runner.h"

namespace skerry::experiments {

/// What all records of a run share.
struct RecordContext {
  std::string experiment;
  nlohmann::ordered_json provenance;
  std::map<std::string, nlohmann::ordered_json> datasets;  ///< by metric
};

/// docs/configs.md describes the fields. `again` marks the second of a pair of equal points.
nlohmann::ordered_json compose_record(const RecordContext& context, const std::string& point,
                                      const std::string& layout, const Settings& settings,
                                      const nlohmann::ordered_json& built,
                                      const nlohmann::ordered_json& written,
                                      const nlohmann::ordered_json& measured, bool again);

void add_result(GraphResult& graph, const Settings& settings, const nlohmann::ordered_json& record);

}  // namespace skerry::experiments
