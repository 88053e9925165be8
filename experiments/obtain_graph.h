#pragma once
// A graph of a run: from the cache, else built in a child.

#include <nlohmann/json.hpp>
#include <optional>

#include "experiments/pending.h"
#include "experiments/run_state.h"

namespace skerry::experiments {

/// Puts the graph into the work folder and returns what its build told, with "cached". Nothing
/// after an interrupt, or when the build failed: its points are then recorded as failures.
/// `number` is shown to people. Throws Error{io, no_space} when results cannot be written.
std::optional<nlohmann::ordered_json> obtain_graph(RunState& run, const GraphWork& graph,
                                                   std::size_t number);

}  // namespace skerry::experiments
