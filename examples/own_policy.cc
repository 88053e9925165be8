// A selection rule of one's own, against HNSW's: links, distances a query, recall.

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "base/random.h"
#include "graph/build_graph.h"
#include "graph/reader.h"
#include "graph/write_index.h"
#include "kv/open_store.h"

using namespace skerry;

namespace {

/// Leaves a candidate out only when `count` kept neighbours are nearer to it than the target is.
/// With count = 1 it is HNSW's rule.
struct Detours {
  static constexpr std::string_view name = "detours";
  static constexpr std::string_view description = "leaves out what several detours reach";
  static constexpr std::array<Parameter, 1> parameters{{{"count", "int", "2", "detours, 1..64"}}};

  std::int64_t count = 2;

  Detours() = default;

  explicit Detours(const Arguments& arguments) : count(arguments.integer("count", 1, 64)) {}

  void select(std::span<const Neighbor> pool, std::size_t max_links, bool /*forward*/,
              heuristics::Surroundings auto& around, std::vector<Neighbor>& selected) const {
    selected.clear();
    for (const Neighbor& candidate : pool) {
      if (selected.size() == max_links) return;
      const auto nearer = std::count_if(selected.begin(), selected.end(), [&](Neighbor kept) {
        return around.distance(kept.slot, candidate.slot) < candidate.distance;
      });
      if (nearer < count) selected.push_back(candidate);
    }
  }
};

void measure(const char* name, const graph::Rows& rows, const graph::Rows& queries,
             const graph::Graph& graph) {
  const auto store = kv::open_store("memory", {});
  const graph::Meta meta = graph::write_index(*store, "main", rows, graph);
  const graph::Reader reader(*store, "main");
  const auto searcher = reader.searcher();
  std::size_t found = 0;
  std::vector<graph::Hit> hits;
  for (Slot q = 0; q < queries.size(); ++q) {
    const Bytes query(queries[q], queries.metric().vector_bytes(queries.dimension()));
    searcher->search(query, {.k = 10, .ef = 20}, hits);
    for (const Neighbor& near : graph::exact_search(rows, query, 10)) {
      for (const graph::Hit& hit : hits) found += hit.id == near.slot ? 1 : 0;
    }
  }
  std::printf("%-8s %5.1f links  %5.0f distances  recall %.3f\n", name,
              static_cast<double>(meta.links) / static_cast<double>(rows.size()),
              static_cast<double>(searcher->work().distances) / static_cast<double>(queries.size()),
              static_cast<double>(found) / static_cast<double>(10 * queries.size()));
}

}  // namespace

int main() {
  constexpr std::size_t dimension = 24;
  Random random(1);
  std::vector<float> vectors(5200 * dimension);
  for (float& x : vectors) x = static_cast<float>(random.unit());
  const distance::Metric& metric = distance::metric("euclidean");
  const auto encode = [&](std::size_t first, std::size_t count) {
    const auto some = std::span(vectors).subspan(first * dimension, count * dimension);
    return graph::encode_rows(metric, dimension, std::as_bytes(some), count, 2);
  };
  const graph::Rows rows = encode(0, 5000), queries = encode(5000, 200);
  const graph::BuildParameters parameters;
  measure("hnsw", rows, queries, graph::build_graph(rows, parameters, graph::Policies{}));
  const graph::Policies<Detours> mine;
  measure("detours", rows, queries, graph::build_graph(rows, parameters, mine));
}
