#pragma once
// Rough guesses of what the parts of a run take, for its ETA only: what counts is how parts of one
// kind compare, the scale is measured as the run goes (eta.h).

#include <cstddef>
#include <string>

#include "experiments/keys.h"

namespace skerry::experiments {

/// Of the data set that the guesses are for.
struct DataShape {
  std::size_t n = 0;
  std::size_t dimension = 0;
  std::size_t queries = 0;
};

/// Seconds of a build: n * ef_construction * (200 + d), as plan_cost.h has it.
double guess_graph(const Settings& settings, const DataShape& data);

/// Seconds of writing, checking and describing a layout: by n.
double guess_layout(const Settings& settings, const DataShape& data);

/// Seconds of all passes of a point: queries * (ef + M) * (200 + d), or queries * n * d for a scan.
double guess_point(const Settings& settings, const DataShape& data);

/// Kinds whose parts are comparable: "graph", "layout lmdb", "search lmdb direct".
std::string layout_kind(const Settings& settings);
std::string search_kind(const Settings& settings);

}  // namespace skerry::experiments
