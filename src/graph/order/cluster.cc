#include "graph/order/cluster.h"

#include <algorithm>

#include "base/parallel.h"
#include "graph/search.h"
#include "graph/views.h"

namespace skerry::graph {

namespace {

constexpr std::size_t beam_width = 16;  // of the search for a parent: near is enough

struct Place {
  Neighbor parent;  // distance to it; its own slot when it has none
  Slot item;
};

}  // namespace

std::vector<Slot> Cluster::items(const Graph& graph, const Rows& rows, unsigned threads) const {
  const std::size_t count = graph.size();
  std::vector<Place> places(count);

  struct PerThread {
    SearchScratch scratch;
    SearchWork work;
  };

  std::vector<PerThread> workers(std::max(1U, threads));
  const distance::BatchKernel kernel = rows.metric().kernels().batch;
  parallel_for(count, threads, 256, [&](std::size_t begin, std::size_t end, unsigned id) {
    PerThread& mine = workers[id];
    FrozenView view(graph, rows);
    for (std::size_t i = begin; i < end; ++i) {
      const auto slot = static_cast<Slot>(i);
      const unsigned above = graph.top_of(slot) + 1;
      places[i] = {{0, slot}, slot};
      if (above > graph.top_level()) continue;
      search_graph(view, Target{rows[slot], kernel, rows.dimension()}, graph.entry_points(),
                   graph.top_level(), above, beam_width, mine.scratch, mine.work);
      places[i].parent = mine.scratch.beam[0];
    }
  });

  // Children of one parent side by side, nearest first.
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    if (a.parent.slot != b.parent.slot) return a.parent.slot < b.parent.slot;
    if (a.parent.distance != b.parent.distance) return a.parent.distance < b.parent.distance;
    return a.item < b.item;
  });
  std::vector<std::size_t> first(count + 1, 0);
  for (const Place& place : places) ++first[place.parent.slot + 1];
  for (std::size_t i = 0; i < count; ++i) first[i + 1] += first[i];

  std::vector<Slot> items;
  items.reserve(count);
  std::vector<Slot> open;
  for (std::size_t i = count; i-- > 0;) {
    const auto slot = static_cast<Slot>(i);
    if (graph.top_of(slot) == graph.top_level()) open.push_back(slot);
  }
  while (!open.empty()) {
    const Slot item = open.back();
    open.pop_back();
    items.push_back(item);
    for (std::size_t i = first[item + 1]; i-- > first[item];) {
      if (places[i].item != item) open.push_back(places[i].item);
    }
  }
  return items;
}

}  // namespace skerry::graph
