#pragma once
// What the parts of one run share: where results, failures and files go, what people are shown,
// and how a stage runs in a child.

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "experiments/child.h"
#include "experiments/eta.h"
#include "experiments/failures.h"
#include "experiments/graph_cache.h"
#include "experiments/interrupt.h"
#include "experiments/pending.h"
#include "experiments/progress_line.h"
#include "experiments/record.h"
#include "experiments/results.h"
#include "experiments/run_guess.h"
#include "experiments/runner.h"
#include "experiments/stages.h"
#include "experiments/work_folder.h"

namespace skerry::experiments {

struct RunState {
  /// Of a message of a stage (stages.h): its kind and the whole of it.
  using Receive = std::function<void(const std::string& kind, nlohmann::ordered_json& message)>;

  /// Takes the results directory. `config`, `plan` and `options` must outlive it. Throws as Run
  /// does.
  RunState(const Config& config, const Plan& plan, const RunOptions& options);

  /// Runs a stage in a child (child.h) and shows its progress behind `title`.
  ChildEnd run_stage(const std::string& title, const std::function<void(const Messages&)>& stage,
                     const Receive& receive, ChildOptions child = {});

  /// One line on stderr, after "skerry: ".
  void say(std::string_view text);

  /// Records that points failed, for the reason and in the stage given. `places` are those in
  /// `layout`.
  void fail(const LayoutWork& layout, const std::vector<std::size_t>& places,
            std::string_view stage, std::string_view why, const ChildEnd& end);

  const Plan& plan;
  const RunOptions& options;
  InterruptGuard guard;
  ResultsFile results;
  Failures failures;
  WorkFolder work;
  GraphCache cache;
  ProgressLine progress;
  Eta eta;
  RecordContext context;
  StageInput input;
  DataShape shape;
  std::size_t skipped = 0;  ///< points that cannot be measured on this machine
};

}  // namespace skerry::experiments
