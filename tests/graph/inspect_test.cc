#include "graph/inspect.h"

#include <gtest/gtest.h>

#include <cmath>

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

TEST(LinkSizes, AreThoseOfTheRecordsByHand) {
  const LinkSizes sizes = link_sizes(small_graph(), link_codec("u32"));
  EXPECT_EQ(sizes.edges, 3U);
  EXPECT_EQ(sizes.records, 5U);  // four on level 0, one on level 1
  EXPECT_EQ(sizes.value_bytes, 12U);
  EXPECT_EQ(sizes.key_bytes, 25U);
}

TEST(LinkSizes, ListBoundIsSetsPlusDegreeEntropy) {
  // Level 0, n = 4: degrees 1, 2, 0, 0. Sets: C(3,1) = 3, C(3,2) = 3. Entropy: two of 0, one of 1,
  // one of 2: -(2 log2(1/2) + 2 log2(1/4)) = 6 bits. Level 1: one item, no choice.
  const double bits = 2 * std::log2(3.0) + 6;
  EXPECT_NEAR(link_sizes(small_graph(), link_codec("u32")).list_bound_bytes, bits / 8, 1e-9);
}

TEST(LinkSizes, GraphBoundCodesEachPairOnceAndFreesTheNumbering) {
  // A ring of 64 items, each linked to the next 8, none mutual: 512 of C(64,2) = 2016 pairs, one
  // bit of direction each, less log2(64!).
  Graph graph({16, 16});
  for (Slot i = 0; i < 64; ++i) graph.add_item(0);
  for (Slot i = 0; i < 64; ++i) {
    std::vector<Slot> links;
    for (Slot step = 1; step <= 8; ++step) links.push_back((i + step) % 64);
    graph.set_links(0, i, links);
  }
  graph.set_entry_points({0});
  double bits = 512;
  for (int i = 0; i < 512; ++i) bits += std::log2((2016.0 - i) / (512.0 - i));
  for (int i = 2; i <= 64; ++i) bits -= std::log2(static_cast<double>(i));
  EXPECT_NEAR(link_sizes(graph, link_codec("u32")).graph_bound_bytes, bits / 8, 1e-6);
}

}  // namespace
}  // namespace skerry::graph
