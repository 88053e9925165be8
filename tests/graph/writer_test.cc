#include "graph/writer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <memory>
#include <set>

#include "base/random.h"
#include "graph/digest.h"
#include "graph/inspect.h"
#include "graph/reader.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {
namespace {

constexpr std::size_t dimension = 6;

/// An item's n-th vector.
std::vector<float> vector_of(ItemId id, unsigned version = 0) {
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

/// What must hold of an index that has just been written, against the items that it should hold.
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
  for (const std::string_view view : {"direct", "frozen"}) {
    const Reader reader(store, "main", view);
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

class WriterContract : public testing::TestWithParam<std::string_view> {
 protected:
  void SetUp() override {
    open();
    Writer::create(*store_, "main", small_options());
  }

  void open() {
    store_.reset();
    kv::StoreOptions options;
    options.path = dir_.path() / "store";
    options.create = true;
    store_ = kv::open_store(GetParam(), options);
  }

  void add(Writer& writer, ItemId id, unsigned version = 0) {
    items_[id] = vector_of(id, version);
    writer.add(id, bytes_of(items_[id]));
  }

  void erase(Writer& writer, ItemId id) { EXPECT_EQ(writer.erase(id), items_.erase(id) == 1); }

  support::TempDir dir_;
  std::unique_ptr<kv::Store> store_;
  std::map<ItemId, std::vector<float>> items_;
};

TEST_P(WriterContract, AnEmptyIndexIsReadable) {
  Writer writer(*store_, "main");
  EXPECT_TRUE(writer.empty());
  EXPECT_FALSE(writer.need_build());
  expect_sound(*store_, items_);
}

TEST_P(WriterContract, ItemsAreAddedReplacedAndDeleted) {
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 100; ++id) add(writer, id);
  EXPECT_TRUE(writer.need_build());
  EXPECT_EQ(writer.size(), 100U);
  EXPECT_TRUE(writer.build().from_scratch);
  EXPECT_FALSE(writer.need_build());
  expect_sound(*store_, items_);

  add(writer, 7, 1);
  add(writer, 1000);
  add(writer, 100);
  erase(writer, 3);
  erase(writer, 50);
  erase(writer, 4711);
  const BuildReport report = writer.build();
  EXPECT_FALSE(report.from_scratch);
  EXPECT_EQ(report.added, 3U);
  EXPECT_EQ(report.deleted, 2U);
  expect_sound(*store_, items_);
  EXPECT_FALSE(writer.contains(3));
  EXPECT_EQ(writer.vector(3), std::nullopt);
  const std::vector<std::byte> replaced = *writer.vector(7);
  EXPECT_TRUE(std::equal(replaced.begin(), replaced.end(), bytes_of(vector_of(7, 1)).begin()));
}

TEST_P(WriterContract, DeletingDownToTwoOneAndNoItemsAndBackStaysRight) {
  for (const ItemId left : {2U, 1U, 0U}) {
    Writer writer(*store_, "main");
    for (ItemId id = 0; id < 40; ++id) add(writer, id * 3, static_cast<unsigned>(left));
    writer.build();
    expect_sound(*store_, items_);
    while (items_.size() > left) erase(writer, items_.begin()->first);
    writer.build();
    expect_sound(*store_, items_);
    EXPECT_EQ(writer.size(), left);
    for (ItemId id = 0; id < 20; ++id) add(writer, id * 7, 9);
    writer.build();
    expect_sound(*store_, items_);
  }
}

TEST_P(WriterContract, DeletingTheEntryPointMovesIt) {
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 200; ++id) add(writer, id);
  writer.build();
  for (int i = 0; i < 30; ++i) {
    const StoredIndex index(*store_, "main");
    erase(writer, index.ids().id_of(index.meta().entry_points.at(0)));
    writer.build();
    expect_sound(*store_, items_);
  }
}

TEST_P(WriterContract, AStoreOpenedAgainKnowsStagedItemsAndInLinks) {
  if (GetParam() == "memory") return;
  IndexOptions options = small_options();
  options.build.in_links = "reverse";
  {
    Writer writer(*store_, "main");
    for (ItemId id = 0; id < 60; ++id) add(writer, id);
    writer.rebuild(options);
    add(writer, 100);
    erase(writer, 3);
    writer.save();
  }
  store_.reset();
  store_ = kv::open_store(GetParam(), {.path = dir_.path() / "store"});
  Writer writer(*store_, "main");
  EXPECT_TRUE(writer.contains(100));
  erase(writer, 7);
  writer.build();
  expect_sound(*store_, items_);
}

TEST_P(WriterContract, WhatIsStagedIsSeenByTheWriterAndNotByReaders) {
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 10; ++id) add(writer, id);
  writer.build();
  writer.add(20, bytes_of(vector_of(20)));
  writer.erase(5);
  EXPECT_TRUE(writer.contains(20));
  EXPECT_FALSE(writer.contains(5));
  expect_sound(*store_, items_);
  writer.discard();
  EXPECT_FALSE(writer.contains(20));
  EXPECT_TRUE(writer.contains(5));
}

TEST_P(WriterContract, WhatWasSavedIsBuiltByALaterWriter) {
  {
    Writer writer(*store_, "main");
    for (ItemId id = 0; id < 30; ++id) add(writer, id);
    writer.build();
    add(writer, 99);
    erase(writer, 4);
    writer.save();
    EXPECT_TRUE(writer.need_build());
  }
  Writer writer(*store_, "main");
  EXPECT_TRUE(writer.need_build());
  EXPECT_TRUE(writer.contains(99));
  EXPECT_FALSE(writer.contains(4));
  EXPECT_EQ(Reader(*store_, "main").meta().items, 30U);
  EXPECT_EQ(writer.build().added, 1U);
  expect_sound(*store_, items_);
}

TEST_P(WriterContract, WhatWasSavedIsReadFromAStoreThatWasOpenedAnew) {
  if (!store_->traits().persistent) GTEST_SKIP() << "nothing survives";
  {
    Writer writer(*store_, "main");
    for (ItemId id = 0; id < 3; ++id) add(writer, id);
    writer.save();
  }
  open();
  Writer writer(*store_, "main");
  EXPECT_EQ(writer.size(), 3U);
  EXPECT_TRUE(writer.contains(2));
  writer.build();
  expect_sound(*store_, items_);
}

TEST_P(WriterContract, ARebuildKeepsTheItemsAndTakesTheOptions) {
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 60; ++id) add(writer, id);
  writer.build();
  erase(writer, 7);
  IndexOptions options = writer.options();
  options.build.selection = "closest";
  writer.rebuild(options);
  EXPECT_EQ(writer.options().build.selection, "closest");
  expect_sound(*store_, items_);
}

TEST_P(WriterContract, AReaderKeepsTheStateThatItOpened) {
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 50; ++id) add(writer, id);
  writer.build();
  const Reader reader(*store_, "main", "direct");
  const std::unique_ptr<Reader::Searcher> searcher = reader.searcher();
  writer.clear();
  writer.build();
  std::vector<Hit> hits;
  searcher->search(bytes_of(vector_of(17)), {.k = 50, .ef = 50}, hits);
  EXPECT_EQ(hits.size(), 50U);
  EXPECT_EQ(hits.at(0).id, 17U);
  items_.clear();
  expect_sound(*store_, items_);
}

TEST_P(WriterContract, ACancelledBuildChangesNothing) {
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 50; ++id) add(writer, id);
  writer.build();
  const std::map<ItemId, std::vector<float>> before = items_;
  for (ItemId id = 100; id < 150; ++id) add(writer, id);
  erase(writer, 3);
  const std::atomic<bool> cancel{true};
  Progress progress;
  progress.cancel = &cancel;
  support::expect_error(Code::cancelled, {},
                        [&] { writer.build(kv::Durability::process, progress); });
  expect_sound(*store_, before);
  writer.build();
  expect_sound(*store_, items_);
}

TEST_P(WriterContract, BadItemsAreRefusedAndNothingIsStaged) {
  Writer writer(*store_, "main");
  const std::vector<float> shorter(dimension - 1, 0.0F);
  support::expect_error(Code::invalid_argument, {"item 5"},
                        [&] { writer.add(5, bytes_of(shorter)); });
  std::vector<float> broken = vector_of(5);
  broken[2] = std::numeric_limits<float>::quiet_NaN();
  support::expect_error(Code::invalid_argument, {}, [&] { writer.add(5, bytes_of(broken)); });
  support::expect_error(Code::invalid_argument, {},
                        [&] { writer.add(no_item, bytes_of(vector_of(1))); });
  EXPECT_FALSE(writer.need_build());
}

TEST_P(WriterContract, ATombstoneRoutesUntilItIsConsolidated) {
  IndexOptions options = small_options();
  options.build.repair = "tombstone";
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 120; ++id) add(writer, id);
  writer.rebuild(options);
  for (ItemId id = 10; id < 60; ++id) erase(writer, id);
  writer.build();
  expect_sound(*store_, items_);
  EXPECT_EQ(writer.meta().tombstones, 50U);
  add(writer, 11, 3);
  writer.build();
  expect_sound(*store_, items_);
  writer.consolidate();
  EXPECT_EQ(writer.meta().tombstones, 0U);
  EXPECT_EQ(writer.meta().free, 50U);
  expect_sound(*store_, items_);
  for (ItemId id = 300; id < 320; ++id) add(writer, id);
  writer.build();
  EXPECT_EQ(writer.meta().free, 30U) << "freed slots are taken again";
  expect_sound(*store_, items_);
}

TEST_P(WriterContract, ConsolidatingLeavesNoLinkToADeletedItem) {
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 150; ++id) add(writer, id);
  writer.build();
  for (ItemId id = 0; id < 75; ++id) erase(writer, id * 2);
  writer.build();
  expect_sound(*store_, items_);
  writer.consolidate();
  EXPECT_EQ(writer.meta().gone, 0U);
  expect_sound(*store_, items_);
  const StoredIndex index(*store_, "main");
  const Graph graph = index.load_graph();
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    for (unsigned level = 0; level < graph.levels_of(slot); ++level) {
      for (const Slot target : graph.links(level, slot)) EXPECT_GT(graph.levels_of(target), level);
    }
  }
}

/// One step of a random history.
struct Step {
  int kind;  ///< 0..5 add or replace, 6..8 delete, 9 build, 10 save, 11 reopen, 12 consolidate
  ItemId id;
};

/// Plays a history on one store and checks the index after each build. Returns the digests.
std::vector<std::string> play(std::string_view kind, const IndexOptions& options,
                              const std::vector<Step>& steps, unsigned threads) {
  const support::TempDir dir;
  kv::StoreOptions store_options;
  store_options.path = dir.path() / "store";
  store_options.create = true;
  const std::unique_ptr<kv::Store> store = kv::open_store(kind, store_options);
  Writer::create(*store, "main", options);
  auto writer = std::make_unique<Writer>(*store, "main", threads);
  std::map<ItemId, std::vector<float>> items;
  std::vector<std::string> digests;
  unsigned version = 0;
  const auto built = [&] {
    expect_sound(*store, items);
    digests.push_back(writer->meta().digest);
  };
  for (const Step& step : steps) {
    if (step.kind <= 5) {
      items[step.id] = vector_of(step.id, ++version);
      writer->add(step.id, bytes_of(items[step.id]));
    } else if (step.kind <= 8) {
      EXPECT_EQ(writer->erase(step.id), items.erase(step.id) == 1);
    } else if (step.kind == 10) {
      writer->save(kv::Durability::process);
    } else if (step.kind == 11) {
      writer->save(kv::Durability::process);
      writer = std::make_unique<Writer>(*store, "main", threads);
    } else {
      writer->build(kv::Durability::process);
      if (step.kind == 12) writer->consolidate({}, kv::Durability::process);
      built();
    }
    EXPECT_EQ(writer->size(), items.size());
    EXPECT_EQ(writer->contains(step.id), items.contains(step.id));
  }
  writer->build(kv::Durability::process);
  built();
  return digests;
}

TEST(WriterProperty, AnyHistoryGivesASoundIndexAndTheSameDigestsEverywhere) {
  rc::check([] {
    IndexOptions options = small_options();
    options.build.repair =
        *rc::gen::element<std::string>("fresh_diskann", "reconnect", "drop", "tombstone");
    options.build.in_links = *rc::gen::element<std::string>("symmetric", "search", "reverse");
    options.build.connectivity = *rc::gen::element<std::string>("none", "parent", "bfs_repair");
    // Narrow lists make children displace each other.
    if (*rc::gen::arbitrary<bool>()) options.bounds = {2, 3};
    options.layout = *rc::gen::element<std::string>("apart", "apart(links=4)");
    options.codec = *rc::gen::element<std::string>("delta", "u32", "exp_golomb(from=own)");
    const auto steps = *rc::gen::container<std::vector<Step>>(rc::gen::construct<Step>(
        rc::gen::inRange(0, 13), rc::gen::cast<ItemId>(rc::gen::inRange(0, 40))));
    const std::vector<std::string> digests = play("memory", options, steps, 1);
    RC_ASSERT(digests == play("memory", options, steps, 2));
    RC_ASSERT(digests == play("lmdb", options, steps, 2));
    RC_ASSERT(digests == play("rocksdb", options, steps, 1));
    RC_ASSERT(!testing::Test::HasFailure());
  });
}

std::vector<std::string_view> kinds() {
  std::vector<std::string_view> names;
  for (const kv::StoreKind& kind : kv::store_kinds()) names.push_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(AllStores, WriterContract, testing::ValuesIn(kinds()),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::graph
