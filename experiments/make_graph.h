#pragma once
// The graph that a point's settings ask for: built here, or read from a file.

#include <string>
#include <vector>

#include "base/progress.h"
#include "experiments/dataset.h"
#include "experiments/keys.h"
#include "graph/build.h"

namespace skerry::experiments {

struct MadeGraph {
  graph::Graph graph;
  double seconds = 0;  ///< from the vectors in memory to the graph, encoding of rows included
  graph::BuildWork work{};
  std::vector<std::string> notes{};  ///< of an import, for people
};

/// Takes the vectors: a build holds each once, as what kernels read. Throws what import_graph() or
/// Builder throws.
MadeGraph make_graph(const Settings& settings, Dataset dataset, const distance::Metric& metric,
                     const Progress& progress);

}  // namespace skerry::experiments
