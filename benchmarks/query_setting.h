#pragma once
// What the programs that measure queries share: their data, graph and clock.

#include <time.h>

#include <string>

#include "experiments/dataset.h"
#include "graph/build.h"

namespace skerry::benchmarks {

/// Seconds of the processor that this thread has spent.
inline double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// `data` is a data set's file or a synthetic spec.
inline experiments::Dataset vectors_of(const std::string& data, const distance::Metric& metric) {
  experiments::DatasetRequest request;
  (data.find('(') == std::string::npos ? request.path : request.spec) = data;
  return experiments::load_vectors(request, metric);
}

/// M = 16, ef_construction = 100, all else as in configs; on two threads.
inline graph::Graph usual_graph(const graph::Rows& rows) {
  graph::BuildParameters parameters;
  parameters.bounds = {16, 32};
  parameters.forward_links = 32;
  parameters.ef_construction = 100;
  parameters.selection = heuristics::selection("hnsw");
  parameters.overflow = heuristics::overflow("union");
  parameters.levels = heuristics::levels("hashed");
  parameters.schedule = heuristics::schedule("prefix_doubling");
  parameters.threads = 2;
  graph::Builder builder(rows, parameters);
  builder.insert_until(rows.size());
  return builder.take();
}

}  // namespace skerry::benchmarks
