#pragma once
// Small graphs and data for the tests of this folder.

#include <cstddef>
#include <string>
#include <vector>

#include "base/random.h"
#include "graph/build.h"
#include "graph/rows.h"

namespace skerry::graph {

/// `count` vectors with components in [0, 1), as bytes.
inline std::vector<float> uniform_vectors(std::size_t count, std::size_t dimension,
                                          std::uint64_t seed) {
  Random random(seed);
  std::vector<float> vectors(count * dimension);
  for (float& x : vectors) x = static_cast<float>(random.unit());
  return vectors;
}

inline Rows rows_of(std::string_view metric, const std::vector<float>& vectors,
                    std::size_t dimension) {
  return encode_rows(distance::metric(metric), dimension, std::as_bytes(std::span(vectors)),
                     vectors.size() / dimension, 2);
}

inline BuildParameters parameters(unsigned threads = 1, std::string_view selection = "hnsw") {
  BuildParameters parameters;
  parameters.bounds = {8, 16};
  parameters.forward_links = 16;
  parameters.ef_construction = 50;
  parameters.selection = heuristics::selection(selection);
  parameters.overflow = heuristics::overflow("union");
  parameters.levels = heuristics::levels("hashed");
  parameters.schedule = heuristics::schedule("prefix_doubling");
  parameters.threads = threads;
  return parameters;
}

inline Graph build(const Rows& rows, const BuildParameters& parameters) {
  Builder builder(rows, parameters);
  builder.insert_until(rows.size());
  return builder.take();
}

}  // namespace skerry::graph
