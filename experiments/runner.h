#pragma once
// Runs a plan: every graph and every layout in a child process, one record per point as soon as it
// is measured. What fails is reported and costs its own points only.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "experiments/plan.h"

namespace skerry::experiments {

struct RunOptions {
  std::filesystem::path directory;    ///< of the results
  std::vector<std::string> settings;  ///< texts of --set options, for provenance
  bool keep_stores = false;           ///< moves them to `directory`/stores
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
  std::vector<GraphResult> graphs;  ///< in the plan's order, as far as the run came
  std::string dataset;              ///< for people: name and shape
  std::size_t failed = 0;           ///< points without a record
  int signal = 0;                   ///< SIGINT or SIGTERM that ended the run
};

/// One run. Its life is the life of the intermediate files; it takes over SIGINT and SIGTERM.
class Run {
 public:
  /// Refuses what can be refused before any work: throws Error when the directory cannot be
  /// written or another run holds it, and when the data set cannot be used.
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
