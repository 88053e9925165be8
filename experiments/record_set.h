#pragma once
// The records of results directories, read back: what `report`, `compare`, `export`, `status` and
// `advise` begin with.

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace skerry::experiments {

struct RecordSet {
  std::filesystem::path directory;
  /// In the order in which points first appeared; of several records of a point the last.
  std::vector<nlohmann::ordered_json> records;
  std::size_t superseded = 0;  ///< records that a later one of the same point replaced
  bool torn = false;           ///< the last line was cut short by a killed run, and is left out
};

/// Reads `directory`/results.jsonl without changing it. Throws Error: not_found (no such file; says
/// that `skerry run -o` makes one), corrupt (a whole line that is no record; names the line),
/// version (records of another schema; names both), io.
RecordSet read_records(const std::filesystem::path& directory);

/// The value of one column of a record's `config` as a config spells it, "" when it has none.
std::string config_spelling(const nlohmann::ordered_json& record, const std::string& column);

/// The columns of `config` in which records differ, in the order in which records hold them.
std::vector<std::string> varying_columns(const std::vector<nlohmann::ordered_json>& records);

}  // namespace skerry::experiments
