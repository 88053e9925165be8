#include "tests/graph/sound_index.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "base/random.h"
#include "graph/digest.h"
#include "graph/inspect.h"
#include "graph/reader.h"
#include "graph/verify_index.h"

namespace skerry::graph {

namespace {

constexpr std::size_t dimension = 6;

/// Every node is met by a walk over level 0 from the root.
void expect_in_reach(const Graph& graph, Slot root) {
  if (graph.items() == 0) return;
  ASSERT_LT(root, graph.size());
  std::vector<Slot> queue{root};
  std::set<Slot> met{root};
  while (!queue.empty()) {
    const Slot slot = queue.back();
    queue.pop_back();
    for (const Slot target : graph.links(0, slot)) {
      if (graph.levels_of(target) > 0 && met.insert(target).second) queue.push_back(target);
    }
  }
  EXPECT_EQ(met.size(), graph.items());
}

}  // namespace

std::vector<float> vector_of(ItemId id, unsigned version) {
  Random random(hash64(id, version));
  std::vector<float> vector(dimension);
  for (float& x : vector) x = static_cast<float>(random.unit());
  return vector;
}

Bytes bytes_of(const std::vector<float>& vector) { return std::as_bytes(std::span(vector)); }

IndexOptions small_options() {
  IndexOptions options;
  options.metric = "euclidean";
  options.dimension = dimension;
  options.bounds = {4, 8};
  options.build.ef_construction = 30;
  return options;
}

void expect_sound(kv::Store& store, const std::map<ItemId, std::vector<float>>& items) {
  const StoredIndex index(store, "main");
  const Meta& meta = index.meta();
  ASSERT_EQ(meta.items, items.size());
  const Graph graph = index.load_graph();
  const std::vector<ItemId> ids = index.ids().load();
  EXPECT_EQ(graph_digest(graph, ids), meta.digest);
  EXPECT_EQ(graph.items(), meta.nodes());
  const GraphReport report = inspect_graph(graph);
  EXPECT_EQ(report.self_links, 0U);
  EXPECT_EQ(report.duplicate_links, 0U);
  for (const auto& [id, vector] : items) {
    const std::optional<Slot> slot = index.slot_of(id);
    ASSERT_TRUE(slot) << id;
    EXPECT_EQ(index.ids().id_of(*slot), id);
    EXPECT_GT(graph.levels_of(*slot), 0U);
  }
  if (meta.build.connectivity != "none") expect_in_reach(graph, meta.root);
  const IndexCheck check = verify_index(store, "main");
  EXPECT_EQ(check.damages, 0U) << (check.findings.empty() ? "" : check.findings[0].what);
  for (const std::string_view view : {"direct", "memo", "frozen"}) {
    if (!view_supported(view, store.traits().view_life)) continue;
    const bool coded = meta.encoding != "f32";
    const Reader reader(store, "main",
                        ReaderOptions{.view = view, .traversal = coded ? meta.encoding : "f32"});
    const std::unique_ptr<Reader::Searcher> searcher = reader.searcher();
    std::vector<Hit> hits;
    std::size_t checked = 0;
    for (const auto& [id, vector] : items) {
      if (++checked > 20) break;
      for (const bool scan : {true, false}) {
        searcher->search(bytes_of(vector), {.k = items.size(), .ef = items.size(), .scan = scan},
                         hits);
        std::set<ItemId> met;
        for (const Hit& hit : hits) {
          EXPECT_TRUE(items.contains(hit.id)) << "deleted item " << hit.id << " was found";
          EXPECT_TRUE(met.insert(hit.id).second) << hit.id << " was found twice";
        }
        if (scan || meta.build.connectivity != "none") {
          EXPECT_EQ(hits.size(), items.size());
          EXPECT_EQ(hits.at(0).distance, 0);
        }
      }
    }
  }
}

}  // namespace skerry::graph
