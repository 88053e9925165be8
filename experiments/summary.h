#pragma once
// What a run prints at its end: one block per graph. Recall and distances by ef stand once for the
// graph, since they are the same on every store and view; queries per second stand below them in
// the same columns, one row per store, codec and view.

#include <string>
#include <vector>

#include "experiments/runner.h"

namespace skerry::experiments {

/// The blocks, in the plan's order.
std::string summary_text(const RunOutcome& outcome, const Plan& plan);

/// One line for each search of a graph that gave different recall or work on two stores or views,
/// which must never be. Empty when all is well.
std::vector<std::string> disagreements(const RunOutcome& outcome);

}  // namespace skerry::experiments
