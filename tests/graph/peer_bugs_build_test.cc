// Bugs of peers in building and searching a graph, each as what must hold here instead.
// docs/peer-bugs.md says which bug each test is about.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "graph/build.h"
#include "graph/digest.h"
#include "graph/inspect.h"
#include "graph/reader.h"
#include "graph/views.h"
#include "tests/graph/fixtures.h"

namespace skerry::graph {
namespace {

/// `clusters` tight clusters of `each` points, far apart.
std::vector<float> clustered_vectors(std::size_t clusters, std::size_t each, std::size_t dimension,
                                     std::uint64_t seed) {
  const std::vector<float> centres = uniform_vectors(clusters, dimension, seed);
  std::vector<float> vectors = uniform_vectors(clusters * each, dimension, seed + 1);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const std::size_t cluster = i / dimension % clusters;
    vectors[i] = 100 * centres[cluster * dimension + i % dimension] + vectors[i];
  }
  return vectors;
}

/// Slots of the nearest `k` of a search at `ef` from the graph's entry points.
std::vector<Slot> found(const Graph& graph, const Rows& rows, const std::byte* query,
                        std::size_t ef, std::size_t k) {
  SearchScratch scratch;
  SearchWork work;
  FrozenView view(graph, rows);
  const Target target{query, rows.metric().kernels().batch, rows.dimension()};
  search_graph(view, target, graph.entry_points(), graph.top_level(), 0, ef, scratch, work);
  std::vector<Slot> slots;
  for (std::size_t i = 0; i < std::min(k, scratch.beam.size()); ++i) {
    slots.push_back(scratch.beam[i].slot);
  }
  return slots;
}

/// Mean recall@10 at `ef` for the rows themselves as queries.
double recall(const Graph& graph, const Rows& rows, std::size_t ef) {
  std::size_t hits = 0;
  std::size_t queries = 0;
  for (std::size_t i = 0; i < rows.size(); i += 7, ++queries) {
    std::set<Slot> truth;
    const Bytes vector{rows[i], rows.metric().vector_bytes(rows.dimension())};
    for (const Neighbor& neighbor : exact_search(rows, vector, 10)) truth.insert(neighbor.slot);
    for (const Slot slot : found(graph, rows, rows[i], ef, 10)) hits += truth.count(slot);
  }
  return static_cast<double>(hits) / static_cast<double>(10 * queries);
}

TEST(PeerBugsBuild, ManyThreadsReachWhatOneReaches) {
  const Rows rows = rows_of("euclidean", uniform_vectors(5000, 8, 21), 8);
  const Graph serial = build(rows, parameters(1));
  const std::size_t unreachable = inspect_graph(serial).unreachable;
  EXPECT_LE(unreachable, 5U);
  for (const unsigned threads : {2U, 8U, 16U}) {
    const Graph graph = build(rows, parameters(threads));
    EXPECT_EQ(inspect_graph(graph).unreachable, unreachable) << threads;
    EXPECT_EQ(graph_digest(graph), graph_digest(serial)) << threads;
  }
}

TEST(PeerBugsBuild, ManyThreadsLeaveTheEntryPointOnTheTopLevel) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Rows rows = rows_of("euclidean", uniform_vectors(400, 4, seed), 4);
    BuildParameters p = parameters(8);
    p.seed = seed;
    p.levels = heuristics::levels("hashed(ml=2.0)");  // new top levels all the time
    const Graph graph = build(rows, p);
    unsigned highest = 0;
    for (Slot slot = 0; slot < graph.size(); ++slot) {
      highest = std::max(highest, graph.top_of(slot));
    }
    ASSERT_EQ(graph.entry_points().size(), 1U);
    EXPECT_EQ(graph.top_level(), highest);
    EXPECT_EQ(graph.top_of(graph.entry_points()[0]), highest);
  }
}

TEST(PeerBugsBuild, ClustersAreFoundBecauseNeighboursAreDiverse) {
  const Rows rows = rows_of("euclidean", clustered_vectors(50, 40, 16, 5), 16);
  const Graph diverse = build(rows, parameters(2));
  EXPECT_GE(recall(diverse, rows, 50), 0.98);
  EXPECT_EQ(inspect_graph(diverse).unreachable, 0U);
  // The data tells the two apart: without diversity most clusters are out of reach.
  EXPECT_LE(recall(build(rows, parameters(2, "closest")), rows, 50), 0.6);
}

TEST(PeerBugsBuild, ListsOnLevelZeroHoldM0AndThoseAboveHoldM) {
  const Rows rows = rows_of("euclidean", uniform_vectors(3000, 16, 22), 16);
  BuildParameters p = parameters(2, "closest");  // which fills every list
  p.levels = heuristics::levels("hashed(ml=1.0)");
  const GraphReport report = inspect_graph(build(rows, p));
  ASSERT_GE(report.levels.size(), 3U);
  EXPECT_EQ(report.levels[0].out_p50, p.bounds.M0);
  EXPECT_EQ(report.levels[0].out_max, p.bounds.M0);
  EXPECT_EQ(report.levels[1].out_p50, p.bounds.M);
  EXPECT_EQ(report.levels[1].out_max, p.bounds.M);
}

TEST(PeerBugsBuild, AnItemOfUpperLevelsChoosesAsManyLinksOnLevelZeroAsAnyOther) {
  const Rows rows = rows_of("euclidean", uniform_vectors(200, 4, 23), 4);
  BuildParameters p = parameters(1, "closest");
  p.overflow = heuristics::overflow("drop_new");  // nobody links back to the last item
  p.schedule = heuristics::schedule("sequential");
  Builder builder(rows, p);
  Slot last = 0;
  {
    const Graph graph = build(rows, p);
    while (graph.levels_of(last) < 2) ++last;
  }
  std::vector<Slot> order;
  for (Slot slot = 0; slot < rows.size(); ++slot) {
    if (slot != last) order.push_back(slot);
  }
  order.push_back(last);
  builder.insert_in_order(order);
  ASSERT_GE(builder.graph().levels_of(last), 2U);
  EXPECT_EQ(builder.graph().links(0, last).size(), p.forward_links);
}

TEST(PeerBugsBuild, TheBeamStartsWhereTheDescentEndedAndNotInALocalMinimum) {
  // On a line, the query at 0: from 10 a greedy step leads to 5, which leads nowhere; 8 leads to 0.
  const Rows rows = rows_of("euclidean", {10, 5, 8, 0}, 1);
  Graph graph({2, 4});
  graph.add_item(1);
  for (int i = 0; i < 3; ++i) graph.add_item(0);
  graph.set_links(0, 0, std::vector<Slot>{1, 2});
  graph.set_links(0, 2, std::vector<Slot>{3});
  graph.set_entry_points({0});
  EXPECT_EQ(found(graph, rows, rows[3], 2, 1), std::vector<Slot>{3});
}

/// 2000 points, and after them `groups` groups of `copies` equal points each.
std::vector<float> with_copies(std::size_t groups, std::size_t copies) {
  std::vector<float> vectors = uniform_vectors(2000, 8, 24);
  const std::vector<float> points = uniform_vectors(groups, 8, 25);
  for (std::size_t i = 0; i < groups * copies; ++i) {
    const auto point = points.begin() + static_cast<std::ptrdiff_t>(i / copies * 8);
    vectors.insert(vectors.end(), point, point + 8);
  }
  return vectors;
}

struct Sinks {
  std::size_t groups = 0;  ///< whose copies link to nothing but copies
  std::size_t lost = 0;    ///< other points that a search for their own vector does not find first
};

Sinks sinks_of(const Graph& graph, const Rows& rows, Slot groups, Slot copies) {
  Sinks sinks;
  for (Slot group = 0; group < groups; ++group) {
    const Slot first = 2000 + copies * group;
    std::size_t leaving = 0;
    for (Slot slot = first; slot < first + copies; ++slot) {
      for (const Slot target : graph.links(0, slot)) {
        leaving += target < first || target >= first + copies ? 1 : 0;
      }
    }
    sinks.groups += leaving == 0 ? 1 : 0;
  }
  for (Slot slot = 0; slot < 2000; ++slot) {
    sinks.lost += found(graph, rows, rows[slot], 50, 1) == std::vector<Slot>{slot} ? 0 : 1;
  }
  return sinks;
}

TEST(PeerBugsBuild, CopiesAreNoSinkUnderARuleThatDropsTies) {
  for (const auto& [groups, copies] : {std::pair<Slot, Slot>{20, 10}, {20, 50}, {1, 1000}}) {
    const Rows rows = rows_of("euclidean", with_copies(groups, copies), 8);
    const Sinks sinks =
        sinks_of(build(rows, parameters(2, "robust_prune(1.2)")), rows, groups, copies);
    EXPECT_EQ(sinks.groups, 0U) << groups << " groups of " << copies;
    EXPECT_EQ(sinks.lost, 0U) << groups << " groups of " << copies;
  }
  // The data tells: more copies than a list holds are a sink under a rule that keeps ties.
  const Rows rows = rows_of("euclidean", with_copies(20, 50), 8);
  EXPECT_GT(sinks_of(build(rows, parameters(2, "hnsw")), rows, 20, 50).groups, 0U);
}

TEST(PeerBugsBuild, AllCopiesAreReachedWithConnectivity) {
  const Rows rows = rows_of("euclidean", with_copies(20, 50), 8);
  for (const Connectivity connectivity : {Connectivity::parent, Connectivity::bfs_repair}) {
    for (const char* selection : {"hnsw", "robust_prune(1.2)"}) {
      BuildParameters p = parameters(2, selection);
      p.connectivity = connectivity;
      Builder builder(rows, p);
      builder.insert_until(rows.size());
      EXPECT_EQ(inspect_graph(builder.graph(), builder.root()).unreachable_base, 0U) << selection;
    }
  }
}

}  // namespace
}  // namespace skerry::graph
