#include "graph/order/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "graph/digest.h"
#include "tests/graph/fixtures.h"
#include "tests/support/expect_error.h"

namespace skerry::graph {
namespace {

/// Items in 50 clusters, cluster by turns: near items have far numbers.
std::vector<float> clustered(std::size_t count, std::size_t dimension) {
  Random random(4);
  std::vector<float> centres(50 * dimension);
  for (float& x : centres) x = static_cast<float>(10 * random.unit());
  std::vector<float> vectors(count * dimension);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const std::size_t cluster = (i / dimension) % 50;
    vectors[i] = centres[cluster * dimension + i % dimension] + static_cast<float>(random.unit());
  }
  return vectors;
}

double mean_log_gap(const Graph& graph) {
  double sum = 0;
  double links = 0;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    std::vector<Slot> list(graph.links(0, static_cast<Slot>(i)).begin(),
                           graph.links(0, static_cast<Slot>(i)).end());
    std::sort(list.begin(), list.end());
    for (std::size_t j = 1; j < list.size(); ++j) {
      sum += std::log2(list[j] - list[j - 1]);
      ++links;
    }
  }
  return sum / links;
}

/// A chain 0 - 4 - 2 - 1 - 3 with links both ways, and an item 5 alone.
Graph chain() {
  Graph graph({2, 4});
  for (int i = 0; i < 6; ++i) graph.add_item(0);
  const Slot way[] = {0, 4, 2, 1, 3};
  for (int i = 0; i < 5; ++i) {
    std::vector<Slot> links;
    if (i > 0) links.push_back(way[i - 1]);
    if (i < 4) links.push_back(way[i + 1]);
    graph.set_links(0, way[i], links);
  }
  graph.set_entry_points({2});
  return graph;
}

TEST(Orders, EveryOrderIsAPermutationWhateverTheThreads) {
  const std::vector<float> vectors = clustered(1500, 8);
  const Rows rows = rows_of("euclidean", vectors, 8);
  const Graph graph = build(rows, parameters());
  for (const Order* order : orders()) {
    const std::vector<Slot> items = order->items(graph, rows, 1);
    EXPECT_EQ(items, order->items(graph, rows, 2)) << order->name();
    std::vector<Slot> sorted = items;
    std::sort(sorted.begin(), sorted.end());
    for (Slot i = 0; i < 1500; ++i) ASSERT_EQ(sorted[i], i) << order->name();
    std::vector<ItemId> ids(items.begin(), items.end());
    EXPECT_EQ(graph_digest(renumber(graph, items), ids), graph_digest(graph)) << order->name();
  }
}

TEST(Orders, AllButInsertionBringNeighboursTogether) {
  const std::vector<float> vectors = clustered(3000, 8);
  const Rows rows = rows_of("euclidean", vectors, 8);
  const Graph graph = build(rows, parameters());
  const double before = mean_log_gap(graph);
  for (const Order* order : orders().subspan(1)) {
    EXPECT_LT(mean_log_gap(renumber(graph, order->items(graph, rows, 1))), before - 1)
        << order->name();
  }
}

TEST(Orders, AnEmptyGraphHasAnEmptyOrder) {
  const Rows rows = rows_of("euclidean", {}, 4);
  for (const Order* order : orders()) {
    EXPECT_TRUE(order->items(Graph({2, 4}), rows, 1).empty()) << order->name();
  }
}

TEST(BreadthFirst, StartsAtTheEntryPointAndTakesTargetsByNumber) {
  const Graph graph = chain();
  EXPECT_EQ(order("bfs").items(graph, Rows(), 1), (std::vector<Slot>{2, 1, 4, 3, 0, 5}));
}

// The item without links comes first of all by its degree, and last when reversed. The chain is
// walked from an end: from 3, the farthest from 0, the smallest item of smallest degree.
TEST(ReverseCuthillMcKee, LaysAChainOutInOneLine) {
  EXPECT_EQ(order("rcm").items(chain(), Rows(), 1), (std::vector<Slot>{0, 4, 2, 1, 3, 5}));
}

TEST(Orders, AMisspeltNameIsAnsweredWithTheNearest) {
  support::expect_error(Code::invalid_argument, {"cluster"}, [] { order("clusters"); });
}

}  // namespace
}  // namespace skerry::graph
