#pragma once
// A layout of a run: written, searched and recorded, point by point.

#include <nlohmann/json.hpp>

#include "experiments/pending.h"
#include "experiments/run_state.h"

namespace skerry::experiments {

/// Where a layout's records go, and what failures cost.
enum class Measured : std::uint8_t {
  once,   ///< results.jsonl with per-query files; failures are recorded
  again,  ///< noise.jsonl, without files; failures are only told
};

/// Adds the parts of a layout to run.eta.
void expect_layout(RunState& run, const LayoutWork& layout);

/// Writes the graph of the work folder, of which `built` tells, into a store in a child and
/// measures all points of the layout, which run.eta must expect. A point that fails costs its own
/// record only. `number` is shown to people. Whether all points were measured. Throws Error{io,
/// no_space} when results cannot be written.
bool run_layout(RunState& run, const LayoutWork& layout, const nlohmann::ordered_json& built,
                std::size_t number, Measured measured);

}  // namespace skerry::experiments
