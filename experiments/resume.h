#pragma once
// What a run has before it in a results directory that may hold some of it: what it writes down of
// its plan, and what is left to do.

#include <cstddef>
#include <vector>

#include "experiments/pending.h"
#include "experiments/run_state.h"

namespace skerry::experiments {

/// Replaces plan.json (run_files.h). Throws Error{io, no_space}.
void write_plan(const Config& config, const RunOptions& options,
                const std::vector<GraphWork>& selected);

struct LeftWork {
  std::vector<GraphWork> graphs;
  std::size_t recorded = 0;  ///< of the selected points, before this run
};

/// What of the selected work is neither recorded nor failed, as far as --repeat and --retry-failed
/// do not ask for it anyhow. Files of points that were never finished are removed, failures that
/// are tried again forgotten. Throws Error: io, corrupt, no_space, version.
LeftWork left_work(RunState& run, const std::vector<GraphWork>& selected);

/// The points that share the view and cache of the first: enough to measure a second time for the
/// machine's noise. Nothing when noise.jsonl holds one of the layout's points already.
LayoutWork noise_work(const RunOptions& options, const LayoutWork& layout);

}  // namespace skerry::experiments
