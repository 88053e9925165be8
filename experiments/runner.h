#pragma once
// Runs a plan: every graph and every layout in a child process, one record per point as soon as it
// is measured. What is recorded is not measured again; what fails costs its own points only.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "experiments/plan.h"

namespace skerry::experiments {

struct Shard {
  unsigned number = 1;  ///< 1..of
  unsigned of = 1;
};

struct RunOptions {
  std::filesystem::path directory;    ///< of the results
  std::vector<std::string> settings;  ///< texts of --set options, for provenance
  std::vector<std::string> command;   ///< the command line, for plan.json
  std::string only;              ///< measures the points that this selects (report/point_filter.h)
  Shard shard;                   ///< measures its part of the graphs
  bool keep_stores = false;      ///< moves them to `directory`/stores
  bool save_neighbours = false;  ///< writes what searches find to `directory`/neighbours
  bool repeat = false;           ///< measures points that are recorded already, too
  bool retry_failed = false;     ///< measures points that failed before, too
  bool noise = true;             ///< measures some points a second time, into noise.jsonl
  bool use_cache = true;         ///< of graphs
  double build_seconds = 0;      ///< longest silence of a build; 0: any
  double point_seconds = 0;      ///< longest pass of a point; 0: any
  bool quiet = false;
};

/// What the printed summary needs of one point's record.
struct PointResult {
  Settings settings;
  double recall = 0;     ///< strict
  double distances = 0;  ///< per query
  double qps = 0;        ///< median
  double link_bytes_per_vector = 0;
  std::uint64_t disk_bytes = 0;
  double layout_seconds = 0;
};

struct GraphResult {
  Settings settings;
  std::string digest;  ///< empty: the graph was not built
  double seconds = 0;
  std::uint64_t edges = 0;
  double edges_per_vector = 0;
  std::vector<PointResult> points;
};

struct RunOutcome {
  std::size_t points = 0;           ///< of the plan, as far as --only and --shard select them
  std::size_t recorded = 0;         ///< of them, now
  std::size_t before = 0;           ///< of them, before this run
  std::size_t failed = 0;           ///< of them, in failures.jsonl
  std::size_t skipped = 0;          ///< that cannot be measured on this machine
  std::string dataset;              ///< for people: name and shape
  int signal = 0;                   ///< SIGINT or SIGTERM that ended the run
  std::vector<GraphResult> graphs;  ///< in the plan's order, from all records of its points
};

/// One run. Its life is the life of the intermediate files; it takes over SIGINT and SIGTERM.
class Run {
 public:
  /// Refuses what can be refused before any work: throws Error when the directory cannot be
  /// written, busy when another run holds it, and when the data set cannot be used.
  Run(const Config& config, const Plan& plan, const RunOptions& options);
  ~Run();

  /// Once. Failures of graphs, layouts and points go to stderr, a line each. Throws Error when
  /// results cannot be written any more.
  RunOutcome execute();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace skerry::experiments
