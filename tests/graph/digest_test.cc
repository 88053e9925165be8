#include "graph/digest.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <string>

namespace skerry::graph {
namespace {

/// One record as bytes, written out by hand.
XXH128_hash_t hash_of(const std::string& record) {
  return XXH3_128bits(record.data(), record.size());
}

std::string sum_of(const std::vector<std::string>& records) {
  unsigned __int128 sum = 0;
  for (const std::string& record : records) {
    const XXH128_hash_t hash = hash_of(record);
    sum += (static_cast<unsigned __int128>(hash.high64) << 64) | hash.low64;
  }
  return fmt::format("{:016x}{:016x}", static_cast<std::uint64_t>(sum >> 64),
                     static_cast<std::uint64_t>(sum));
}

std::string id(char value) { return std::string(1, value) + std::string(7, '\0'); }

Graph two_items() {
  Graph graph({2, 4});
  graph.add_item(0);
  graph.add_item(1);
  graph.set_links(0, 0, std::vector<Slot>{1});
  graph.set_links(0, 1, std::vector<Slot>{0});
  graph.set_entry_points({1});
  return graph;
}

TEST(GraphDigest, IsTheSumOverLinksItemsAndEntryPoints) {
  const std::string zero_to_one = std::string(1, '\0') + id(0) + id(1);
  const std::string one_to_zero = std::string(1, '\0') + id(1) + id(0);
  const std::string item0 = "\xFE" + id(0) + std::string(1, '\0');
  const std::string item1 = "\xFE" + id(1) + std::string(1, '\1');
  const std::string entry = "\xFF" + id(1);
  EXPECT_EQ(graph_digest(two_items()), sum_of({zero_to_one, one_to_zero, item0, item1, entry}));
}

TEST(GraphDigest, OfAnEmptyGraphIsZero) {
  EXPECT_EQ(graph_digest(Graph({2, 4})), std::string(32, '0'));
}

TEST(GraphDigest, DoesNotDependOnTheOrderOfAList) {
  Graph a({2, 4});
  for (int i = 0; i < 3; ++i) a.add_item(0);
  Graph b = a;
  a.set_links(0, 0, std::vector<Slot>{1, 2});
  b.set_links(0, 0, std::vector<Slot>{2, 1});
  EXPECT_EQ(graph_digest(a), graph_digest(b));
}

TEST(GraphDigest, ChangesWithALinkALevelOrAnEntryPoint) {
  const std::string digest = graph_digest(two_items());
  Graph link = two_items();
  link.set_links(0, 0, {});
  EXPECT_NE(graph_digest(link), digest);
  Graph entry = two_items();
  entry.set_entry_points({0});
  EXPECT_NE(graph_digest(entry), digest);
  Graph level({2, 4});
  level.add_item(1);
  level.add_item(1);
  level.set_links(0, 0, std::vector<Slot>{1});
  level.set_links(0, 1, std::vector<Slot>{0});
  level.set_entry_points({1});
  EXPECT_NE(graph_digest(level), digest);
}

}  // namespace
}  // namespace skerry::graph
