// Many indexes in one store by prefix: kv/prefix_store.h.

#include "kv/prefix_store.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>
#include <thread>

#include "kv/open_store.h"
#include "kv/prefix_register.h"
#include "tests/kv/fixtures.h"
#include "tests/support/expect_error.h"

namespace skerry::kv {
namespace {

using support::expect_error;

class PrefixStoreTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { open(); }

  void open() { store_ = with_prefixes(open_store(GetParam(), {.path = path_, .create = true})); }

  bool reopen() {
    if (!store_->traits().persistent) return false;
    store_.reset();
    open();
    return true;
  }

  void put(std::string_view table, std::string_view key, std::string_view value) {
    const TableId id = store_->table(table);
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(id, b(key), b(value)), Code::ok);
    transaction->commit(Durability::process);
  }

  std::string get(std::string_view table, std::string_view key) {
    const TableId id = store_->table(table);
    return kv::get(*store_->snapshot(), id, key);
  }

  support::TempDir dir_;
  std::filesystem::path path_ = dir_.path() / "store";
  std::unique_ptr<PrefixStore> store_;
};

std::vector<std::string> kinds() {
  std::vector<std::string> names;
  for (const StoreKind& kind : store_kinds()) names.emplace_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(AllStores, PrefixStoreTest, testing::ValuesIn(kinds()),
                         [](const auto& info) { return info.param; });

TEST_P(PrefixStoreTest, ADroppedIndexIsGoneAndItsNeighboursAreNot) {
  for (const char* index : {"a", "b", "c"}) {
    for (const char* part : {"meta", "links"}) {
      put(std::string(index) + "." + part, "key", index);
      put(std::string(index) + "." + part, "\xff\xff\xff", index);
    }
  }
  auto before = store_->snapshot();
  const TableId meta_of_b = store_->table("b.meta");
  store_->drop("b");
  EXPECT_EQ(store_->tables(), (std::vector<std::string>{"a.links", "a.meta", "c.links", "c.meta"}));
  EXPECT_FALSE(store_->has_table("b.meta"));
  EXPECT_EQ(kv::get(*before, meta_of_b, "key"), "b");
  before.reset();
  for (int round = 0; round < 2; ++round) {
    for (const char* index : {"a", "c"}) {
      for (const char* part : {"meta", "links"}) {
        EXPECT_EQ(get(std::string(index) + "." + part, "key"), index);
        EXPECT_EQ(get(std::string(index) + "." + part, "\xff\xff\xff"), index);
      }
    }
    if (!reopen()) break;
  }
  expect_error(Code::not_found, {"`b`"}, [&] { store_->drop("b"); });
}

TEST_P(PrefixStoreTest, AnIndexOfADroppedNameStartsEmpty) {
  put("a.links", "k", "old");
  store_->drop("a");
  EXPECT_EQ(get("a.links", "k"), "<absent>");
  put("a.links", "k", "new");
  EXPECT_EQ(get("a.links", "k"), "new");
}

TEST_P(PrefixStoreTest, ATableKeptAcrossADropCannotReachAnotherIndex) {
  put("a.links", "k", "a");
  const TableId kept = store_->table("a.links");
  store_->drop("a");
  put("b.links", "k", "b");
  {
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(kept, b("k"), b("stray")), Code::ok);
    ASSERT_EQ(transaction->erase_range(kept, b("l"), {}), Code::ok);
    transaction->commit(Durability::process);
  }
  EXPECT_EQ(get("b.links", "k"), "b");
  if (!reopen()) return;
  // The first prefix is free again, and what strayed there is no record of who gets it.
  EXPECT_EQ(get("c.links", "k"), "<absent>");
  EXPECT_EQ(get("b.links", "k"), "b");
}

TEST_P(PrefixStoreTest, PrefixesAreTakenLowestFirstAndAgainOnceTheyAreFree) {
  if (!store_->traits().persistent) GTEST_SKIP() << "the register is read below, after closing";
  for (const char* table : {"a.meta", "b.meta", "c.meta"}) store_->table(table);
  store_->drop("a");
  store_->drop("b");
  reopen();
  store_->table("d.meta");
  store_.reset();
  const auto below = open_store(GetParam(), {.path = path_});
  const TableId names = below->table(prefix_register_table);
  const PrefixEntries entries = read_entries(*below->snapshot(), names);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries.at("c").prefix, 3);
  EXPECT_EQ(entries.at("d").prefix, 1);
}

TEST_P(PrefixStoreTest, ANameSplitsAtItsLastDotAndOthersAreTablesOfTheirOwn) {
  put("a.b.meta", "k", "1");
  put("a.meta", "k", "2");
  put("plain", "k", "3");
  put("trailing.", "k", "4");
  put(".leading", "k", "5");
  EXPECT_EQ(get("a.b.meta", "k"), "1");
  EXPECT_EQ(get("a.meta", "k"), "2");
  EXPECT_EQ(get("plain", "k"), "3");
  EXPECT_EQ(get("trailing.", "k"), "4");
  EXPECT_EQ(get(".leading", "k"), "5");
  EXPECT_EQ(store_->tables(),
            (std::vector<std::string>{".leading", "a.b.meta", "a.meta", "plain", "trailing."}));
  EXPECT_FALSE(store_->table_stats(store_->table("plain")).estimated);
  expect_error(Code::invalid_argument, {"`names`", "a.names"}, [&] { store_->table("a.names"); });
}

TEST_P(PrefixStoreTest, SizesAreCountedPerIndexAndSaidToBeEstimates) {
  put("small.links", "k", std::string(10, 's'));
  put("large.links", "k", std::string(30'000, 'l'));
  const TableStats small = store_->table_stats(store_->table("small.links"));
  const TableStats large = store_->table_stats(store_->table("large.links"));
  EXPECT_TRUE(small.estimated);
  EXPECT_EQ(small.entries, 1U);
  EXPECT_EQ(small.key_bytes, 1U);
  EXPECT_EQ(small.value_bytes, 10U);
  EXPECT_EQ(large.value_bytes, 30'000U);
  if (!store_->traits().persistent) return;
  EXPECT_GE(large.disk_bytes, 30'000U);
  EXPECT_LT(small.disk_bytes, 1'000U);
}

TEST_P(PrefixStoreTest, IndexesWithTablesOfTheirOwnKeepThem) {
  std::unique_ptr<Store> below =
      open_store(GetParam(), {.path = dir_.path() / "old", .create = true});
  {
    const TableId table = below->table("old.meta");
    const auto transaction = below->begin();
    ASSERT_EQ(transaction->put(table, b("k"), b("before")), Code::ok);
    transaction->commit(Durability::process);
  }
  EXPECT_FALSE(has_prefixes(*below));
  const auto store = with_prefixes(std::move(below));
  const TableId old = store->table("old.meta");
  const TableId young = store->table("young.meta");
  EXPECT_EQ(kv::get(*store->snapshot(), old, "k"), "before");
  EXPECT_EQ(kv::get(*store->snapshot(), young, "k"), "<absent>");
  EXPECT_EQ(store->tables(), (std::vector<std::string>{"old.meta", "young.meta"}));
  expect_error(Code::unsupported, {"`old`", "tables of its own"}, [&] { store->drop("old"); });
}

TEST_P(PrefixStoreTest, AnIndexWithTheNameOfTheSharedTablesIsRefused) {
  const auto below = open_store(GetParam(), {.path = dir_.path() / "odd", .create = true});
  below->table("shared.meta");
  expect_error(Code::invalid_argument, {"shared"}, [&] { with_prefixes(*below); });
}

TEST_P(PrefixStoreTest, OpenNamespacedSeesWhetherAStoreHasPrefixes) {
  if (!store_->traits().persistent) GTEST_SKIP() << "nothing to open again";
  put("a.meta", "k", "v");
  store_.reset();
  const auto shared = open_namespaced(GetParam(), {.path = path_, .read_only = true});
  EXPECT_EQ(shared->tables(), std::vector<std::string>{"a.meta"});
  const auto plain = open_namespaced(GetParam(), {.path = dir_.path() / "plain", .create = true});
  plain->table("a.meta");
  EXPECT_FALSE(has_prefixes(*plain));
}

TEST_P(PrefixStoreTest, AReadOnlyStoreThatNeverHadPrefixesIsRefused) {
  if (!store_->traits().persistent) GTEST_SKIP() << "a store in memory is never read-only";
  const StoreOptions options{.path = dir_.path() / "plain", .read_only = true};
  open_store(GetParam(), {.path = options.path, .create = true})->table("a.meta");
  expect_error(Code::not_found, {"shared.names"},
               [&] { with_prefixes(open_store(GetParam(), options)); });
}

TEST_P(PrefixStoreTest, ADamagedRegisterIsAnErrorThatNamesTheIndex) {
  put("a.meta", "k", "v");
  put("b.meta", "k", "v");
  if (!store_->traits().persistent) GTEST_SKIP() << "nobody but the store can write the register";
  store_.reset();
  const auto below = open_store(GetParam(), {.path = path_});
  const TableId names = below->table(prefix_register_table);
  for (const std::string& damage :
       {std::string(), std::string("\0\1", 2), std::string("\0\0meta", 6),
        std::string("\xff\xffmeta"), std::string("\0\1 meta", 7), std::string("\0\1meta ", 7),
        std::string("\0\1m m", 5)}) {
    const auto transaction = below->begin();
    ASSERT_EQ(transaction->put(names, b("b"), b(damage)), Code::ok);
    transaction->commit(Durability::none);
    const auto store = with_prefixes(*below);
    expect_error(Code::corrupt, {"shared.names", "key: b"}, [&] { store->table("b.meta"); });
    expect_error(Code::corrupt, {"shared.names", "key: b"}, [&] { store->tables(); });
    EXPECT_EQ(kv::get(*store->snapshot(), store->table("a.meta"), "k"), "v");
  }
  const auto transaction = below->begin();
  ASSERT_EQ(transaction->put(names, b("b"), b(std::string("\0\1meta", 6))), Code::ok);
  transaction->commit(Durability::none);
  expect_error(Code::corrupt, {"two indexes"}, [&] { with_prefixes(*below)->verify(); });
}

TEST_P(PrefixStoreTest, AStoreWithoutAFreePrefixSaysSo) {
  PrefixEntries entries;
  for (unsigned prefix = 1; prefix <= last_prefix; ++prefix) {
    if (prefix != 700) entries[std::to_string(prefix)].prefix = static_cast<Prefix>(prefix);
  }
  EXPECT_EQ(free_prefix(entries, {}), 700);
  EXPECT_EQ(free_prefix(entries, {700}), 700);
  entries.erase("9000");
  EXPECT_EQ(free_prefix(entries, {700}), 9000);
  entries["a"].prefix = 700;
  entries["b"].prefix = 9000;
  expect_error(Code::full, {"65534"}, [&] { free_prefix(entries, {}); });
}

TEST_P(PrefixStoreTest, ManyThreadsMayOpenTheSameNewIndexes) {
  std::vector<std::vector<TableId>> ids(4);
  std::vector<std::thread> threads;
  for (std::vector<TableId>& mine : ids) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        mine.push_back(store_->table("index" + std::to_string(i) + ".meta"));
        mine.push_back(store_->table("index" + std::to_string(i) + ".links"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<TableId>(ids[0].begin(), ids[0].end()).size(), 40U);
  for (const std::vector<TableId>& mine : ids) EXPECT_EQ(mine, ids[0]);
  EXPECT_EQ(store_->tables().size(), 40U);
}

/// Several indexes, changed in turn and together, each beside a map of its own.
TEST_P(PrefixStoreTest, EachIndexBehavesAsAMapOfItsOwn) {
  using Model = std::map<std::string, std::string>;
  int run = 0;
  EXPECT_TRUE(rc::check([&] {
    const std::string round = std::to_string(run++);
    constexpr std::size_t count = 5;
    std::vector<std::string> names;
    std::vector<TableId> tables;
    std::vector<Model> models(count);
    for (std::size_t i = 0; i < count; ++i) {
      names.push_back("r" + round + "i" + std::to_string(i));
      tables.push_back(store_->table(names[i] + ".links"));
    }
    const auto key =
        rc::gen::resize(3, rc::gen::nonEmpty(rc::gen::container<std::string>(
                               rc::gen::element('\0', '\1', 'a', '\x7f', '\x80', '\xff'))));
    for (int commits = *rc::gen::inRange(1, 6); commits > 0; --commits) {
      const auto transaction = store_->begin();
      for (int i = *rc::gen::inRange(0, 25); i > 0; --i) {
        const auto at = *rc::gen::inRange<std::size_t>(0, count);
        Model& model = models[at];
        const std::string from = *key;
        switch (*rc::gen::inRange(0, 6)) {
          case 0:
            RC_ASSERT(transaction->erase(tables[at], b(from)) == Code::ok);
            model.erase(from);
            break;
          case 1: {
            const std::string to = *key;
            RC_ASSERT(transaction->erase_range(tables[at], b(from), b(to)) == Code::ok);
            if (from < to) model.erase(model.lower_bound(from), model.lower_bound(to));
            break;
          }
          case 2:
            RC_ASSERT(transaction->erase_range(tables[at], b(from), {}) == Code::ok);
            model.erase(model.lower_bound(from), model.end());
            break;
          case 3: {
            const bool above = model.empty() || model.rbegin()->first < from;
            RC_ASSERT(transaction->append(tables[at], b(from), b("end")) ==
                      (above ? Code::ok : Code::invalid_argument));
            if (above) model[from] = "end";
            break;
          }
          default:
            RC_ASSERT(transaction->put(tables[at], b(from), b(from)) == Code::ok);
            model[from] = from;
        }
      }
      transaction->commit(Durability::none);
      if (*rc::gen::inRange(0, 8) == 0) {
        const auto at = *rc::gen::inRange<std::size_t>(0, count);
        store_->drop(names[at]);
        models[at].clear();
        tables[at] = store_->table(names[at] + ".links");
        if (*rc::gen::arbitrary<bool>()) {
          const auto bulk = store_->bulk({&tables[at], 1});
          for (const char* loaded : {"a", "b", "\xff"}) {
            RC_ASSERT(bulk->add(tables[at], b(loaded), b("bulk")) == Code::ok);
            models[at][loaded] = "bulk";
          }
          bulk->publish();
        }
      }
    }
    const auto snapshot = store_->snapshot();
    for (std::size_t i = 0; i < count; ++i) {
      Model found;
      const auto cursor = snapshot->cursor(tables[i]);
      for (Code code = cursor->seek({}); code == Code::ok; code = cursor->next()) {
        found.emplace(as_text(cursor->key()), as_text(cursor->value().bytes()));
      }
      RC_ASSERT(found == models[i]);
      const std::string prefix = *key;
      std::size_t expected = 0;
      for (const auto& record : models[i]) expected += record.first.starts_with(prefix);
      std::size_t met = 0;
      for (Code code = cursor->seek_prefix(b(prefix)); code == Code::ok; code = cursor->next()) {
        ++met;
      }
      RC_ASSERT(met == expected);
      std::vector<Key> keys;
      for (const auto& record : models[i]) keys.push_back(b(record.first));
      std::vector<View> views(keys.size());
      Scope scope;
      RC_ASSERT(snapshot->multi_get(tables[i], keys, views, scope) == Code::ok);
      std::size_t read = 0;
      for (const auto& record : models[i]) {
        RC_ASSERT(as_text(views[read++].bytes()) == record.second);
      }
    }
    for (const std::string& name : names) store_->drop(name);
  }));
}

}  // namespace
}  // namespace skerry::kv
