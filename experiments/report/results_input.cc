#include "experiments/report/results_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "base/error.h"
#include "experiments/record_set.h"
#include "experiments/report/point_filter.h"
#include "experiments/run_files.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

void refuse_repeated(std::span<const std::string> directories) {
  std::set<std::filesystem::path> seen;
  for (const std::string& directory : directories) {
    std::error_code failure;
    const std::filesystem::path path = std::filesystem::weakly_canonical(directory, failure);
    if (!failure && !seen.insert(path).second) {
      throw Error(Code::invalid_argument, "this directory is given twice", {.path = directory});
    }
  }
}

/// Throws Error{not_found} when nothing is left.
void keep_points(ResultsInput& input, const PointFilter& filter) {
  std::erase_if(input.points,
                [&](const MeasuredPoint& point) { return !filter.selects(point.record); });
  if (!input.points.empty()) return;
  throw Error(Code::not_found, "--only: no point has all of these values together");
}

/// Keeps the repeats whose point is shown.
void keep_repeats_of_points(ResultsInput& input) {
  std::set<std::pair<std::size_t, std::string>> shown;
  for (const MeasuredPoint& point : input.points) {
    shown.emplace(point.directory, point.record.at("point").get<std::string>());
  }
  std::erase_if(input.repeats, [&](const MeasuredPoint& repeat) {
    const ordered_json point = repeat.record.value("point", ordered_json());
    return !point.is_string() || !shown.contains({repeat.directory, point.get<std::string>()});
  });
}

}  // namespace

std::vector<ordered_json> records_of(const ResultsInput& input) {
  std::vector<ordered_json> records;
  for (const MeasuredPoint& point : input.points) records.push_back(point.record);
  return records;
}

ResultsInput read_results(std::span<const std::string> directories, const std::string& only) {
  refuse_repeated(directories);
  ResultsInput input;
  for (const std::string& directory : directories) {
    RecordSet set = read_records(directory);
    const std::size_t place = input.directories.size();
    input.directories.push_back({set.directory, set.superseded, set.torn});
    for (ordered_json& record : set.records) input.points.push_back({place, std::move(record)});
    for (ordered_json& repeat : read_json_lines(set.directory / "noise.jsonl")) {
      input.repeats.push_back({place, std::move(repeat)});
    }
    for (ordered_json& failure : read_json_lines(set.directory / "failures.jsonl")) {
      input.failures.push_back({place, std::move(failure)});
    }
  }
  if (input.points.empty()) {
    throw Error(Code::not_found, "the results hold no finished point: there is nothing to show",
                {.path = directories.front()});
  }
  if (!only.empty()) keep_points(input, PointFilter(only, records_of(input)));
  keep_repeats_of_points(input);
  return input;
}

}  // namespace skerry::experiments
