#pragma once
// What stands in a results directory beside results.jsonl.
//
//   plan.json        what the last run was to measure: config, command, every point with its id
//   failures.jsonl   one object per point that failed: point, config, stage, why, log, time
//   noise.jsonl      points measured a second time, in the form of results.jsonl with "aa": 1
//   queries/         per-query rows (query_rows.h); neighbours/ (neighbour_files.h)

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace skerry::experiments {

/// The objects of a file of one JSON object a line; none when there is no such file. A last line
/// without line break is left out. Throws Error: io, corrupt (names the line).
std::vector<nlohmann::ordered_json> read_json_lines(const std::filesystem::path& path);

/// Makes the file end with a whole line, as a killed process may not have: completes an object that
/// only lacks its line break, cuts off anything else after the last one. `file` is open for reading
/// and appending; `path` is for errors. Throws Error{io, no_space}.
void mend_tail(int file, const std::filesystem::path& path);

/// Appends one line by one write and brings it to the disk, after mending the tail; creates the
/// file. Throws Error{io, no_space}.
void append_json_line(const std::filesystem::path& path, const nlohmann::ordered_json& object);

/// Replaces the file by these lines, whole or not at all; none: removes it. Throws Error{io,
/// no_space}.
void replace_json_lines(const std::filesystem::path& path,
                        const std::vector<nlohmann::ordered_json>& objects);

/// Removes the files in queries/ and neighbours/ that belong to no point in `points`: a killed run
/// leaves them where it wrote the rows of a point and not yet its record. Throws Error{io}.
void remove_orphans(const std::filesystem::path& directory, const std::set<std::string>& points);

/// Whether a run holds the directory now.
bool is_running(const std::filesystem::path& directory);

}  // namespace skerry::experiments
