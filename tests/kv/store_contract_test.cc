// What kv/store.h promises of a store as a whole: tables, sizes, files, caches.

#include "tests/kv/store_contract.h"

#include <gtest/gtest.h>

namespace skerry::kv {
namespace {

// A build with neither LMDB nor RocksDB has none.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PersistentStoreContract);

INSTANTIATE_TEST_SUITE_P(AllStores, StoreContract, testing::ValuesIn(subjects(false)),
                         [](const auto& info) { return info.param.name(); });

INSTANTIATE_TEST_SUITE_P(AllStores, PersistentStoreContract, testing::ValuesIn(subjects(true)),
                         [](const auto& info) { return info.param.name(); });

TEST_P(StoreContract, TablesAreApartAndListedInOrder) {
  const TableId second = store_->table("b.links");
  const TableId first = store_->table("a.meta");
  put(second, "k", "2");
  EXPECT_EQ(get(first, "k"), "<absent>");
  EXPECT_EQ(store_->table("b.links"), second);
  EXPECT_EQ(store_->tables(), (std::vector<std::string>{"a.meta", "b.links"}));
}

TEST_P(StoreContract, ATableThatWasOpenedBeforeIsHadWhileAWriterOfTheSameThreadLives) {
  const TableId table = store_->table("t");
  const auto transaction = store_->begin();
  EXPECT_EQ(store_->table("t"), table);
}

TEST_P(StoreContract, TableNamesAreChecked) {
  for (const std::string& name : {std::string(), std::string(201, 'a'), std::string("a b"),
                                  std::string("a/b"), std::string("a\0b", 3)}) {
    EXPECT_EQ(code_of([&] { store_->table(name); }), Code::invalid_argument) << name;
  }
  EXPECT_EQ(code_of([&] { store_->table(std::string(200, 'a')); }), Code::ok);
}

TEST_P(StoreContract, HasTableKnowsWhatIsThereAndMakesNothing) {
  EXPECT_FALSE(store_->has_table("t"));
  EXPECT_TRUE(store_->tables().empty());
  store_->table("t");
  store_->table("b.links");
  EXPECT_TRUE(store_->has_table("t"));
  EXPECT_TRUE(store_->has_table("b.links"));
  EXPECT_FALSE(store_->has_table("b.meta"));
  for (const std::string& name : {std::string(), std::string("a b"), std::string(600, 'a')}) {
    EXPECT_FALSE(store_->has_table(name));
  }
  if (!persistent()) return;
  close();
  open();
  EXPECT_TRUE(store_->has_table("t"));
  EXPECT_TRUE(store_->has_table("b.links"));
}

TEST_P(StoreContract, AnOpenTableIsFoundAgainWhileAWriterOfTheSameThreadLives) {
  const TableId table = store_->table("t");
  const auto transaction = store_->begin();
  if (GetParam().name().starts_with("strict_")) return;  // which refuses even that
  EXPECT_EQ(store_->table("t"), table);
  EXPECT_TRUE(store_->has_table("t"));
}

TEST_P(StoreContract, TableStatsCountWhatIsThere) {
  const TableId table = store_->table("t");
  const auto bulk = store_->bulk({&table, 1});
  for (int i = 1000; i < 2000; ++i) {
    ASSERT_EQ(bulk->add(table, b(std::to_string(i)), b("seven b")), Code::ok);
  }
  bulk->publish();
  const TableStats stats = store_->table_stats(table);
  EXPECT_EQ(stats.entries, 1000U);
  EXPECT_EQ(stats.key_bytes, 4000U);
  EXPECT_EQ(stats.value_bytes, 7000U);
  if (persistent()) {
    EXPECT_GE(stats.disk_bytes, 11000U);
    EXPECT_GE(store_->size_on_disk(), stats.disk_bytes);
  }
}

TEST_P(StoreContract, EngineCountersAreTheSameOnesThroughDecoratorsAndSumsNeverFall) {
  close();
  opened_.emplace(GetParam(),
                  StoreOptions{.path = dir_.path() / "store", .create = true, .counters = true});
  store_ = opened_->get();
  const TableId table = store_->table("t");
  const std::vector<EngineCounter> before = store_->engine_counters();
  EXPECT_EQ(before.empty(), !persistent());
  put(table, "k", "v");
  EXPECT_EQ(get(table, "k"), "v");
  store_->drop_caches();
  const std::vector<EngineCounter> after = store_->engine_counters();
  const std::vector<EngineCounter> inner = opened_->inner().engine_counters();
  ASSERT_EQ(after.size(), before.size());
  ASSERT_EQ(inner.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].name, before[i].name);
    EXPECT_EQ(after[i].name, inner[i].name);
    EXPECT_EQ(after[i].value, inner[i].value);
    if (after[i].kind != CounterKind::level) {
      EXPECT_GE(after[i].value, before[i].value) << after[i].name;
    }
  }
}

TEST_P(PersistentStoreContract, WhatIsCommittedIsThereAfterReopening) {
  put(store_->table("t"), "k", "v");
  close();
  open();
  EXPECT_EQ(store_->tables(), std::vector<std::string>{"t"});
  EXPECT_EQ(get(store_->table("t"), "k"), "v");
  EXPECT_EQ(store_->verify(), 1U);
}

TEST_P(StoreContract, DropCachesIsBusyWhileASnapshotLivesAndLosesNothing) {
  const TableId table = store_->table("t");
  put(table, "k", "v");
  {
    const auto snapshot = store_->snapshot();
    EXPECT_EQ(code_of([&] { store_->drop_caches(); }), Code::busy);
  }
  store_->drop_caches();
  EXPECT_EQ(get(table, "k"), "v");
  put(table, "k", "w");
  EXPECT_EQ(get(table, "k"), "w");
}

TEST_P(StoreContract, DropCachesIsBusyWhileAWriterOfTheSameThreadLives) {
  const TableId table = store_->table("t");
  {
    const auto transaction = store_->begin();
    EXPECT_EQ(code_of([&] { store_->drop_caches(); }), Code::busy);
  }
  {
    const auto bulk = store_->bulk({&table, 1});
    EXPECT_EQ(code_of([&] { store_->drop_caches(); }), Code::busy);
  }
  store_->drop_caches();
}

TEST_P(StoreContract, ACompactCopyIsAStoreOfItsOwn) {
  const TableId table = store_->table("t");
  put(table, "k", "v");
  const auto copy = dir_.path() / "copy";
  if (!persistent()) {
    EXPECT_EQ(code_of([&] { store_->compact_copy(copy); }), Code::unsupported);
    return;
  }
  store_->compact_copy(copy);
  put(table, "k", "changed");
  const Opened copied(GetParam(), {.path = copy});
  EXPECT_EQ(get(*copied->snapshot(), copied->table("t"), "k"), "v");
  EXPECT_EQ(code_of([&] { store_->compact_copy(copy); }), Code::invalid_argument);
}

TEST_P(PersistentStoreContract, AReadOnlyStoreReadsAndRefusesToWrite) {
  put(store_->table("t"), "k", "v");
  close();
  const Opened read(GetParam(), {.path = dir_.path() / "store", .read_only = true});
  EXPECT_TRUE(read->traits().read_only);
  if (GetParam().decorator.name.find("strict") == std::string_view::npos) {
    EXPECT_EQ(read->traits().view_life, ViewLife::snapshot);
  }
  const TableId table = read->table("t");
  EXPECT_EQ(get(*read->snapshot(), table, "k"), "v");
  EXPECT_EQ(code_of([&] { read->begin(); }), Code::unsupported);
  EXPECT_EQ(code_of([&] { read->bulk({&table, 1}); }), Code::unsupported);
  EXPECT_EQ(code_of([&] { read->table("new"); }), Code::not_found);
  EXPECT_TRUE(read->has_table("t"));
  EXPECT_FALSE(read->has_table("new"));
}

TEST_P(PersistentStoreContract, AMissingStoreIsNotMadeUnlessAsked) {
  EXPECT_EQ(code_of([&] { open_store(GetParam().kind, {.path = dir_.path() / "none"}); }),
            Code::not_found);
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "none"));
}

}  // namespace
}  // namespace skerry::kv
