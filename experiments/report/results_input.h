#pragma once
// What a report or an export is made of: the points of results directories that it is to show, and
// what lies beside them.

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace skerry::experiments {

/// One results directory as it was read.
struct ResultsDirectory {
  std::filesystem::path path;
  std::size_t superseded = 0;  ///< records that a later one of the same point replaced
  bool torn = false;           ///< the last line was cut short by a killed run, and is left out
};

/// A record and the place of its directory in ResultsInput::directories.
struct MeasuredPoint {
  std::size_t directory = 0;
  nlohmann::ordered_json record;
};

struct ResultsInput {
  std::vector<ResultsDirectory> directories;
  std::vector<MeasuredPoint> points;   ///< directory by directory, each in its own order
  std::vector<MeasuredPoint> repeats;  ///< of noise.jsonl: points of the sweep measured once more
  std::vector<MeasuredPoint>
      failures;  ///< of failures.jsonl: objects with `config`, `stage`, `why`
};

/// Reads directories and keeps the points that the expression `only` selects (empty: all; see
/// report/point_filter.h); repeats are kept with their points. A point that is in
/// two directories is shown twice. Throws Error: what read_records() throws; not_found when nothing
/// is left to show; invalid_argument for a mistake in `only` and for a directory given twice;
/// corrupt for a line of noise.jsonl or failures.jsonl that is no object, naming it.
ResultsInput read_results(std::span<const std::string> directories, const std::string& only);

/// The records of the points alone.
std::vector<nlohmann::ordered_json> records_of(const ResultsInput& input);

}  // namespace skerry::experiments
