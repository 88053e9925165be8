#include "graph/inspect.h"

#include <gtest/gtest.h>

namespace skerry::graph {
namespace {

/// Four items: 0 <-> 1 -> 2, 3 alone; 1 is on level 1, the entry point.
Graph small_graph() {
  Graph graph({2, 4});
  graph.add_item(0);
  graph.add_item(1);
  graph.add_item(0);
  graph.add_item(0);
  graph.set_links(0, 0, std::vector<Slot>{1});
  graph.set_links(0, 1, std::vector<Slot>{0, 2});
  graph.set_entry_points({1});
  return graph;
}

TEST(InspectGraph, CountsDegreesByHand) {
  const GraphReport report = inspect_graph(small_graph());
  ASSERT_EQ(report.levels.size(), 2U);
  const LevelDegrees& base = report.levels[0];
  EXPECT_EQ(base.items, 4U);
  EXPECT_EQ(base.links, 3U);
  EXPECT_EQ(base.out_min, 0U);
  EXPECT_EQ(base.out_max, 2U);
  EXPECT_EQ(base.out_p50, 0U);  // 0 0 1 2: the second of four
  EXPECT_EQ(base.in_max, 1U);
  EXPECT_EQ(base.in_degree_zero, 1U);  // item 3
  EXPECT_EQ(base.out_histogram, (std::vector<std::uint64_t>{2, 1, 1}));
  EXPECT_EQ(base.in_histogram, (std::vector<std::uint64_t>{1, 3}));
  EXPECT_EQ(base.mutual, 2U);
  EXPECT_EQ(report.levels[1].items, 1U);
  EXPECT_EQ(report.levels[1].links, 0U);
}

TEST(InspectGraph, FindsWhatNoWalkReaches) {
  const GraphReport report = inspect_graph(small_graph());
  EXPECT_EQ(report.unreachable_base, 1U);
  EXPECT_EQ(report.unreachable, 1U);
}

TEST(InspectGraph, ReachesThroughUpperLevelsOnlyWhereAsked) {
  Graph graph({2, 4});
  graph.add_item(1);
  graph.add_item(1);
  graph.set_links(1, 0, std::vector<Slot>{1});
  graph.set_entry_points({0});
  const GraphReport report = inspect_graph(graph);
  EXPECT_EQ(report.unreachable_base, 1U);
  EXPECT_EQ(report.unreachable, 0U);
}

TEST(InspectGraph, ReachesWhatOnlyTheRootLeadsTo) {
  Graph graph = small_graph();
  graph.add_item(0);
  graph.set_links(0, 3, std::vector<Slot>{4});
  EXPECT_EQ(inspect_graph(graph).unreachable, 2U);
  const GraphReport report = inspect_graph(graph, 3);
  EXPECT_EQ(report.unreachable, 0U);
  EXPECT_EQ(report.unreachable_base, 0U);
}

TEST(InspectGraph, ReportsSelfAndDuplicateLinks) {
  Graph graph({2, 4});
  graph.add_item(0);
  graph.add_item(0);
  graph.set_links(0, 0, std::vector<Slot>{0, 1, 1});
  const GraphReport report = inspect_graph(graph);
  EXPECT_EQ(report.self_links, 1U);
  EXPECT_EQ(report.duplicate_links, 1U);
}

TEST(InspectGraph, AnEmptyGraphHasNothing) {
  const GraphReport report = inspect_graph(Graph({2, 4}));
  EXPECT_TRUE(report.levels.empty());
  EXPECT_EQ(report.unreachable, 0U);
}

}  // namespace
}  // namespace skerry::graph
