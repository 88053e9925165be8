#include "experiments/report/annb.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "experiments/query_rows.h"
#include "experiments/record_set.h"
#include "experiments/report/annb_file.h"
#include "experiments/report/folder.h"
#include "experiments/report/neighbours.h"
#include "experiments/report/record_fields.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

/// A field that the file cannot do without.
double needed(const ordered_json& record, const char* group, const char* field) {
  const auto value = number_at(record, group, field);
  if (value) return *value;
  throw Error(Code::not_found, fmt::format("point {}: the record has no `{}.{}`",
                                           record.at("point").get<std::string>(), group, field));
}

std::string distance_of(const ordered_json& record) {
  const std::string metric = config_spelling(record, "metric");
  if (metric == "cosine") return "angular";
  if (metric == "euclidean" || metric == "hamming") return metric;
  throw Error(Code::unsupported,
              fmt::format("ann-benchmarks has no metric `{}`; cosine, euclidean and hamming can be "
                          "exported",
                          metric));
}

/// What the median repetition of each query took, in seconds.
std::vector<float> times_of(const std::vector<QueryRow>& rows) {
  std::vector<float> times;
  for (const QueryRow& row : rows) {
    std::vector<std::uint32_t> sorted = row.latency_ns;
    std::sort(sorted.begin(), sorted.end());
    times.push_back(sorted.empty() ? 0
                                   : static_cast<float>(sorted[(sorted.size() - 1) / 2] * 1e-9));
  }
  return times;
}

/// Ids and distances with ann-benchmarks' marks for what is missing. Its hamming distance is the
/// share of differing bits, ours their number.
void add_neighbours(const Neighbours& found, double divisor, AnnbRun& run) {
  for (std::size_t i = 0; i < found.ids.size(); ++i) {
    const bool missing = found.ids[i] == no_neighbour;
    run.neighbors.push_back(missing ? -1 : static_cast<std::int32_t>(found.ids[i]));
    run.distances.push_back(missing ? std::numeric_limits<float>::infinity()
                                    : static_cast<float>(found.distances[i] / divisor));
  }
  const auto present =
      std::count_if(found.ids.begin(), found.ids.end(), [](auto id) { return id != no_neighbour; });
  run.candidates = static_cast<double>(present) / static_cast<double>(found.queries);
}

std::string parameters_of(const ordered_json& record, const std::vector<std::string>& columns) {
  std::vector<std::string> parts;
  for (const std::string& column : columns) {
    parts.push_back(column + "=" + config_spelling(record, column));
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

/// A name that every file system takes, at most 120 bytes long.
std::string file_name(std::string_view text) {
  std::string name;
  for (const char each : text.substr(0, 120)) {
    const auto byte = static_cast<unsigned char>(each);
    const bool plain = std::isalnum(byte) != 0 || each == '.' || each == '-' || each == '=';
    if (plain || (!name.empty() && name.back() != '_')) name += plain ? each : '_';
  }
  // A name of dots alone would be another folder.
  return name.find_first_not_of('.') == std::string::npos ? "unnamed" : name;
}

AnnbRun run_of(const MeasuredPoint& point, const std::filesystem::path& directory,
               const std::vector<std::string>& columns) {
  const ordered_json& record = point.record;
  const std::string id = record.at("point").get<std::string>();
  const Neighbours found = neighbours_of(directory, id);
  const std::filesystem::path rows_file = query_rows_file(directory, id);
  const std::vector<QueryRow> rows = read_query_rows(rows_file);
  if (rows.size() != found.queries) {
    throw Error(Code::corrupt, "per-query rows and neighbours differ in the number of queries",
                {.path = rows_file.string(),
                 .expected = std::to_string(found.queries),
                 .found = std::to_string(rows.size())});
  }
  const double threads = number_at(record, "config", "threads").value_or(1);
  AnnbRun run;
  run.batch_mode = threads > 1;
  run.best_search_time = 1 / needed(record, "qps", "max");
  run.run_count = static_cast<std::int64_t>(number_at(record, "config", "repetitions").value_or(1));
  run.distance = distance_of(record);
  run.count = static_cast<std::int64_t>(found.k);
  run.build_time = needed(record, "build", "seconds");
  run.index_size = record.value("disk_bytes", 0.0) / 1024;
  run.algo = fmt::format("skerry-{}-{}", config_spelling(record, "store"),
                         config_spelling(record, "view"));
  run.name = fmt::format("{}({})", run.algo, parameters_of(record, columns));
  const std::filesystem::path data = text_at(record, "dataset", "name");
  run.dataset = data.extension() == ".hdf5" ? data.stem().string() : data.string();
  run.times = times_of(rows);
  run.dist_comps = needed(record, "work", "distances") * static_cast<double>(rows.size()) *
                   static_cast<double>(run.run_count);
  const bool shared = run.distance == "hamming";
  add_neighbours(found, shared ? needed(record, "dataset", "dimension") : 1, run);
  return run;
}

/// What a reader of the plot must know to tell runs apart: the main parameters, and what varies.
std::vector<std::string> named_columns(const ResultsInput& input) {
  std::vector<std::string> columns = {"M", "ef_construction"};
  for (const std::string& column : varying_columns(records_of(input))) {
    const bool named = column == "store" || column == "view" || column == "ef";
    if (!named && std::find(columns.begin(), columns.end(), column) == columns.end()) {
      columns.push_back(column);
    }
  }
  columns.emplace_back("ef");
  return columns;
}

}  // namespace

std::size_t write_annb(const ResultsInput& input, const std::filesystem::path& folder) {
  const std::vector<std::string> columns = named_columns(input);
  std::vector<AnnbRun> runs;
  for (const MeasuredPoint& point : input.points) {
    runs.push_back(run_of(point, input.directories[point.directory].path, columns));
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const AnnbRun& run = runs[i];
    const std::filesystem::path place = folder / "results" / file_name(run.dataset) /
                                        std::to_string(run.count) /
                                        (file_name(run.algo) + (run.batch_mode ? "-batch" : ""));
    make_folder(place);
    const ordered_json& record = input.points[i].record;
    // The point's id keeps names apart that would otherwise be equal.
    write_annb_file(place / fmt::format("{}_{}.hdf5", file_name(parameters_of(record, columns)),
                                        file_name(record.at("point").get<std::string>())),
                    run);
  }
  return runs.size();
}

}  // namespace skerry::experiments
