// Every figure of the size of links against an index that is small enough to work out by hand.

#include "graph/link_sizes.h"

#include <gtest/gtest.h>

#include <cmath>

#include "graph/write_index.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"

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

StoredSizes sizes_of(std::string_view layout, std::string_view order_name = "insertion",
                     std::string_view codec = "u32") {
  const Rows rows = rows_of("euclidean", uniform_vectors(4, 3, 1), 3);
  const auto store = kv::open_store("memory", {});
  write_index(
      *store, "main", rows, small_graph(),
      {.codec = &link_codec(codec), .layout = Layout::parse(layout), .order = &order(order_name)});
  const StoredIndex index(*store, "main");
  return stored_sizes(index);
}

TEST(LinkCounts, AreEdgesAndWhatFixedArraysWouldAllocate) {
  const LinkCounts counts = link_counts(small_graph());
  EXPECT_EQ(counts.edges, 3U);
  EXPECT_EQ(counts.slots, 4U * 4U + 2U);  // M0 for each item, M for item 1 on level 1
  EXPECT_EQ(counts.lists, 5U);
}

TEST(EncodedBytes, AreThoseOfTheLists) {
  EXPECT_EQ(encoded_bytes(small_graph(), link_codec("u32")), 12U);
  // 1; 0 and a gap of one to 2: three bytes of LEB128.
  EXPECT_EQ(encoded_bytes(small_graph(), link_codec("delta")), 3U);
}

TEST(StoredSizes, ApartHasARecordForEachRowAndList) {
  const StoredSizes sizes = sizes_of("apart");
  EXPECT_EQ(sizes.links.records, 5U);
  EXPECT_EQ(sizes.links.key_bytes, 25U);
  EXPECT_EQ(sizes.links.value_bytes, 12U);
  EXPECT_EQ(sizes.vectors.records, 4U);
  EXPECT_EQ(sizes.vectors.key_bytes, 16U);
  EXPECT_EQ(sizes.vectors.value_bytes, 4U * 12U);
  EXPECT_EQ(sizes.ids.records, 0U);
  EXPECT_EQ(sizes.meta.records, 1U);
  EXPECT_EQ(sizes.meta.key_bytes, 4U);
}

TEST(StoredSizes, SharedValuesHaveFewerKeysAndASizeForEachList) {
  const StoredSizes sizes = sizes_of("apart(vectors=2, links=3)");
  // Level 0: values of the items 0..2 and of 3; level 1: one list, alone in its value.
  EXPECT_EQ(sizes.links.records, 3U);
  EXPECT_EQ(sizes.links.key_bytes, 15U);
  EXPECT_EQ(sizes.links.value_bytes, 12U + 4U);
  EXPECT_EQ(sizes.vectors.records, 2U);
  EXPECT_EQ(sizes.vectors.key_bytes, 8U);
  EXPECT_EQ(sizes.vectors.value_bytes, 48U);
}

TEST(StoredSizes, TogetherGivesTheLinksTheirPartOfTheValues) {
  const StoredSizes sizes = sizes_of("together(items=2)");
  EXPECT_EQ(sizes.links.records, 1U);  // of level 1
  EXPECT_EQ(sizes.links.key_bytes, 5U);
  EXPECT_EQ(sizes.links.value_bytes, 12U + 4U);
  EXPECT_EQ(sizes.vectors.records, 2U);
  EXPECT_EQ(sizes.vectors.key_bytes, 8U);
  EXPECT_EQ(sizes.vectors.value_bytes, 48U);
}

TEST(StoredSizes, AnOrderCostsABlockOfIdsAndARecordForEachItemThatMoved) {
  const StoredSizes sizes = sizes_of("apart", "bfs");
  const std::uint64_t moved = sizes.ids.records - 1;
  EXPECT_GT(moved, 0U);
  EXPECT_EQ(sizes.ids.key_bytes, 5 + moved * 9);
  EXPECT_EQ(sizes.ids.value_bytes, 4 * 8 + moved * 4);
  EXPECT_EQ(sizes.links.value_bytes, 12U);
}

TEST(LinkBounds, ListBoundIsSetsPlusDegreeEntropy) {
  // Level 0, n = 4: degrees 1, 2, 0, 0. Sets: C(3,1) = 3, C(3,2) = 3. Entropy: two of 0, one of 1,
  // one of 2: -(2 log2(1/2) + 2 log2(1/4)) = 6 bits. Level 1: one item, no choice.
  const double bits = 2 * std::log2(3.0) + 6;
  EXPECT_NEAR(link_bounds(small_graph()).list_bytes, bits / 8, 1e-9);
}

TEST(LinkBounds, GraphBoundCodesEachPairOnceAndFreesTheNumbering) {
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
  EXPECT_NEAR(link_bounds(graph).graph_bytes, bits / 8, 1e-6);
}

}  // namespace
}  // namespace skerry::graph
