// Bugs of peers in changing an index, each as what must hold here instead.
// docs/peer-bugs.md says which bug each test is about.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "graph/inspect.h"
#include "graph/reader.h"
#include "graph/writer.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"

namespace skerry::graph {
namespace {

constexpr std::size_t dimension = 8;

/// An index in memory of `vectors` with M = 8 and M0 = 16.
class PeerBugsUpdate : public testing::Test {
 protected:
  PeerBugsUpdate() {
    options_.metric = "euclidean";
    options_.dimension = dimension;
    options_.bounds = {8, 16};
    options_.build.ef_construction = 50;
  }

  std::unique_ptr<kv::Store> new_store() const {
    std::unique_ptr<kv::Store> store = kv::open_store("memory", {});
    Writer::create(*store, "main", options_);
    return store;
  }

  void add(Writer& writer, ItemId first, ItemId last, std::uint64_t version = 0) const {
    for (ItemId id = first; id < last; ++id) {
      const std::vector<float> vector = vector_of(id, version);
      writer.add(id, std::as_bytes(std::span(vector)));
    }
  }

  std::vector<float> vector_of(ItemId id, std::uint64_t version = 0) const {
    return uniform_vectors(1, dimension, hash64(version, id));
  }

  /// Share of the ten nearest found at ef = 30, over 100 queries.
  static double recall(kv::Store& store) {
    const Reader reader(store, "main");
    const std::unique_ptr<Reader::Searcher> searcher = reader.searcher();
    std::vector<Hit> truth;
    std::vector<Hit> hits;
    std::size_t found = 0;
    for (std::uint64_t q = 0; q < 100; ++q) {
      const std::vector<float> query = uniform_vectors(1, dimension, 1'000'000 + q);
      searcher->search(std::as_bytes(std::span(query)), {.k = 10, .ef = 10, .scan = true}, truth);
      searcher->search(std::as_bytes(std::span(query)), {.k = 10, .ef = 30}, hits);
      for (const Hit& hit : hits) found += hit.distance <= truth.back().distance ? 1 : 0;
    }
    return static_cast<double>(found) / 1000;
  }

  static double mean_degree(kv::Store& store) {
    const LevelDegrees base = inspect_graph(StoredIndex(store, "main").load_graph()).levels.at(0);
    return static_cast<double>(base.links) / static_cast<double>(base.items);
  }

  IndexOptions options_;
};

TEST_F(PeerBugsUpdate, ReplacingIsDeletingAndThenAdding) {
  const std::unique_ptr<kv::Store> replaced = new_store();
  const std::unique_ptr<kv::Store> renewed = new_store();
  Writer one(*replaced, "main");
  Writer two(*renewed, "main");
  add(one, 0, 600);
  one.build();
  add(two, 0, 600);
  two.build();
  ASSERT_EQ(one.meta().digest, two.meta().digest);

  add(one, 100, 200, 1);
  one.build();
  for (ItemId id = 100; id < 200; ++id) ASSERT_TRUE(two.erase(id));
  two.build();
  add(two, 100, 200, 1);
  two.build();
  EXPECT_EQ(one.meta().digest, two.meta().digest);
  EXPECT_EQ(one.meta().items, 600U);
}

TEST_F(PeerBugsUpdate, AReplacedItemIsLinkedByItsNewVector) {
  const std::unique_ptr<kv::Store> store = new_store();
  Writer writer(*store, "main");
  add(writer, 0, 400);
  // A cluster far away, to which twenty items move.
  std::vector<float> far(dimension, 50.0F);
  for (ItemId id = 1000; id < 1040; ++id) {
    far[id % dimension] += 0.01F;
    writer.add(id, std::as_bytes(std::span(far)));
  }
  writer.build();
  for (ItemId id = 0; id < 20; ++id) {
    far[id % dimension] += 0.01F;
    writer.add(id, std::as_bytes(std::span(far)));
  }
  writer.build();
  const StoredIndex index(*store, "main");
  const Graph graph = index.load_graph();
  const std::vector<ItemId> ids = index.ids().load();
  const auto is_far = [&](Slot slot) { return ids[slot] < 20 || ids[slot] >= 1000; };
  for (Slot slot = 0; slot < graph.size(); ++slot) {
    if (graph.levels_of(slot) == 0 || !is_far(slot)) continue;
    for (const Slot target : graph.links(0, slot)) {
      if (graph.levels_of(target) == 0) continue;  // the slot that an item left
      if (ids[slot] < 20) {
        EXPECT_TRUE(is_far(target)) << ids[slot] << " -> " << ids[target];
      }
    }
  }
  // Lists near the old place hold none of the twenty.
  for (Slot slot = 0; slot < graph.size(); ++slot) {
    if (graph.levels_of(slot) == 0 || is_far(slot)) continue;
    for (const Slot target : graph.links(0, slot)) {
      EXPECT_TRUE(graph.levels_of(target) == 0 || ids[target] >= 20) << ids[slot];
    }
  }
}

TEST_F(PeerBugsUpdate, TwentyBatchesRecallAsMuchAsOne) {
  const std::unique_ptr<kv::Store> at_once = new_store();
  Writer whole(*at_once, "main");
  add(whole, 0, 3000);
  whole.build();
  const std::unique_ptr<kv::Store> in_batches = new_store();
  Writer writer(*in_batches, "main");
  for (ItemId batch = 0; batch < 20; ++batch) {
    add(writer, 150 * batch, 150 * (batch + 1));
    writer.build();
  }
  EXPECT_GE(recall(*at_once), 0.95);
  EXPECT_GE(recall(*in_batches), recall(*at_once) - 0.01);
  EXPECT_LE(inspect_graph(StoredIndex(*in_batches, "main").load_graph()).unreachable, 3U);
}

TEST_F(PeerBugsUpdate, RoundsOfFewDeletionsThinOutNothing) {
  const std::unique_ptr<kv::Store> store = new_store();
  Writer writer(*store, "main");
  add(writer, 0, 2000);
  writer.build();
  const double degree = mean_degree(*store);
  const double before = recall(*store);
  ItemId oldest = 0;
  // One percent goes and one comes; returns the mean degree after fifty rounds.
  const auto fifty_rounds = [&] {
    for (int round = 0; round < 50; ++round, oldest += 20) {
      for (ItemId id = oldest; id < oldest + 20; ++id) EXPECT_TRUE(writer.erase(id));
      add(writer, oldest + 2000, oldest + 2020);
      writer.build();
    }
    writer.consolidate();
    return mean_degree(*store);
  };
  // A mended graph is a little thinner than a new one (10.6 to 9.5), and does not go on so.
  const double turned_over = fifty_rounds();
  EXPECT_GE(turned_over, 0.85 * degree);
  EXPECT_GE(fifty_rounds(), 0.97 * turned_over);
  EXPECT_EQ(writer.meta().items, 2000U);
  EXPECT_GE(recall(*store), before - 0.01);
}

TEST_F(PeerBugsUpdate, OneInsertionOrDeletionCostsTheSameHoweverManyItemsThereAre) {
  std::vector<std::uint64_t> lists;
  for (const ItemId items : {500U, 4000U}) {
    const std::unique_ptr<kv::Store> store = new_store();
    Writer writer(*store, "main");
    add(writer, 0, items);
    writer.build();
    std::uint64_t most = 0;
    for (ItemId i = 0; i < 10; ++i) {
      add(writer, items + i, items + i + 1);
      most = std::max(most, writer.build().work.lists);
      ASSERT_TRUE(writer.erase(17 * i));
      most = std::max(most, writer.build().work.lists);
    }
    lists.push_back(most);
  }
  // At most its own list, M0 in-neighbours' ones, and the same on some upper levels.
  EXPECT_LE(lists[0], 60U);
  EXPECT_LE(lists[1], 60U);
}

}  // namespace
}  // namespace skerry::graph
