#include "graph/writer.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "graph/inspect.h"
#include "graph/reader.h"
#include "kv/open_store.h"
#include "tests/graph/sound_index.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {
namespace {

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
  const std::vector<float> shorter(vector_of(0).size() - 1, 0.0F);
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

TEST_P(WriterContract, ABeamHoldsLiveItemsOnlyHoweverManyTombstonesLieNearer) {
  IndexOptions options = small_options();
  options.build.repair = "tombstone";
  options.build.connectivity = "bfs_repair";
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 60; ++id) add(writer, id);
  writer.rebuild(options);
  for (ItemId id = 0; id < 50; ++id) erase(writer, id);
  writer.build();
  const Reader reader(*store_, "main", "direct");
  std::vector<Hit> hits;
  reader.searcher()->search(bytes_of(vector_of(3)), {.k = 10, .ef = 10}, hits);
  EXPECT_EQ(hits.size(), 10U);
}

TEST_P(WriterContract, RecodingKeepsTheLinks) {
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 120; ++id) add(writer, id);
  for (ItemId id = 0; id < 10; ++id) erase(writer, id);
  writer.build();
  for (ItemId id = 30; id < 50; ++id) erase(writer, id);
  writer.build();
  const std::string digest = writer.meta().digest;
  for (const std::string_view encoding : {"i8", "f16", "rabitq", "i4", "i8", "f32"}) {
    writer.recode(encoding);
    EXPECT_EQ(writer.meta().digest, digest);
    EXPECT_EQ(writer.meta().encoding, encoding);
    expect_sound(*store_, items_);
    if (encoding == "f32") break;
    const Reader by_codes(*store_, "main", {.view = "direct", .traversal = encoding});
    std::vector<Hit> hits;
    by_codes.searcher()->search(bytes_of(items_[60]), {.k = 1, .ef = 50, .oversample = 50}, hits);
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_EQ(hits[0].id, 60U);
    EXPECT_EQ(hits[0].distance, 0);
  }
  support::expect_error(Code::unsupported, {"i8"}, [&] {
    const Reader reader(*store_, "main", {.view = "direct", .traversal = "i8"});
  });
  writer.recode("i8");
  for (ItemId id = 100; id < 140; ++id) add(writer, id, 7);
  writer.build();
  expect_sound(*store_, items_);
  support::expect_error(Code::invalid_argument, {"pq"}, [&] { writer.recode("pq"); });
}

TEST_P(WriterContract, AnEmptyIndexWithCodesCanBeConsolidated) {
  IndexOptions options = small_options();
  options.encoding = "i8";
  Writer::create(*store_, "coded", options);
  Writer writer(*store_, "coded");
  EXPECT_NO_THROW(writer.consolidate());
  EXPECT_TRUE(writer.empty());
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

std::vector<std::string_view> kinds() {
  std::vector<std::string_view> names;
  for (const kv::StoreKind& kind : kv::store_kinds()) names.push_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(AllStores, WriterContract, testing::ValuesIn(kinds()),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::graph
