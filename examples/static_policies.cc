// A graph whose policies are fixed by their types, and the same one by their names: nothing is
// looked up at run time in the first, and the digests are equal.

#include <cstdio>
#include <vector>

#include "base/random.h"
#include "graph/build_graph.h"
#include "graph/digest.h"
#include "graph/reader.h"
#include "graph/write_index.h"
#include "heuristics/overflow/truncate.h"
#include "heuristics/selection/robust_prune.h"
#include "kv/open_store.h"

using namespace skerry;

int main() {
  try {
    constexpr std::size_t dimension = 32;
    constexpr std::size_t count = 5000;
    Random random(1);
    std::vector<float> vectors(count * dimension);
    for (float& x : vectors) x = static_cast<float>(random.unit());
    const distance::Metric& metric = distance::metric("euclidean");
    const Bytes bytes = std::as_bytes(std::span(vectors));
    const graph::Rows rows = graph::encode_rows(metric, dimension, bytes, count, 2);

    graph::BuildParameters parameters;
    parameters.bounds = {12, 24};
    parameters.forward_links = 24;
    parameters.threads = 2;

    heuristics::RobustPrune prune;
    prune.alpha = 1.2;
    prune.power = metric.power;
    const graph::Policies policies{prune, heuristics::Truncate{}, heuristics::Hashed{},
                                   heuristics::PrefixDoubling{}};
    const graph::Graph graph = graph::build_graph(rows, parameters, policies);

    parameters.selection = heuristics::selection("robust_prune(alpha=1.2)");
    parameters.overflow = heuristics::overflow("truncate");
    graph::Builder builder(rows, parameters);
    builder.insert_until(count);
    std::printf("by type %s\nby name %s\n", graph::graph_digest(graph).c_str(),
                graph::graph_digest(builder.graph()).c_str());

    // One bulk load; the index is there as a whole or not at all.
    const auto store = kv::open_store("memory", {});
    graph::write_index(*store, "main", rows, graph, {.seed = parameters.seed});
    const graph::Reader reader(*store, "main", "direct");
    std::vector<graph::Hit> hits;
    reader.searcher()->search(bytes.first(metric.vector_bytes(dimension)), {.k = 3}, hits);
    for (const graph::Hit& hit : hits) {
      std::printf("id %zu at %.4f\n", static_cast<std::size_t>(hit.id), hit.distance);
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
