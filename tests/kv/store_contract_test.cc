// Every sentence of kv/store.h, on every store and through the counting decorator.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "base/random.h"
#include "kv/counting_store.h"
#include "kv/open_store.h"
#include "kv/store.h"
#include "tests/support/temp_dir.h"

namespace skerry::kv {
namespace {

/// A store kind, bare or behind the counting decorator.
struct Subject {
  std::string kind;
  bool counted;

  std::string name() const { return counted ? "counting_" + kind : kind; }

  friend void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.name(); }
};

Bytes b(std::string_view text) { return as_bytes(text); }

/// What holds of every store.
class StoreContract : public testing::TestWithParam<Subject> {
 protected:
  void SetUp() override { open(); }

  void open() {
    inner_ = open_store(GetParam().kind, {.path = dir_.path() / "store", .create = true});
    if (GetParam().counted) counting_ = count(*inner_);
    store_ = GetParam().counted ? counting_.get() : inner_.get();
  }

  void close() {
    counting_.reset();
    inner_.reset();
  }

  bool persistent() const { return store_->traits().persistent; }

  void put(TableId table, std::string_view key, std::string_view value) {
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table, b(key), b(value)), Code::ok);
    transaction->commit(Durability::process);
  }

  /// The value as text, or "<absent>".
  static std::string get(const Snapshot& snapshot, TableId table, std::string_view key) {
    Scope scope;
    View view;
    const Code code = snapshot.get(table, b(key), scope, view);
    if (code == Code::not_found) {
      EXPECT_FALSE(view);
      return "<absent>";
    }
    EXPECT_EQ(code, Code::ok);
    return std::string(as_text(view.bytes()));
  }

  std::string get(TableId table, std::string_view key) {
    return get(*store_->snapshot(), table, key);
  }

  static std::vector<std::string> keys(Cursor& cursor, Code code) {
    std::vector<std::string> all;
    for (; code == Code::ok; code = cursor.next()) all.emplace_back(as_text(cursor.key()));
    EXPECT_EQ(code, Code::not_found);
    return all;
  }

  std::vector<std::string> keys(TableId table) {
    const auto snapshot = store_->snapshot();
    const auto cursor = snapshot->cursor(table);
    return keys(*cursor, cursor->seek({}));
  }

  template <class Action>
  static Code code_of(Action&& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.code();
    }
    return Code::ok;
  }

  support::TempDir dir_;
  std::unique_ptr<Store> inner_;
  std::unique_ptr<CountingStore> counting_;
  Store* store_ = nullptr;
};

/// What holds of every store that survives closing.
class PersistentStoreContract : public StoreContract {};

// A build with neither LMDB nor RocksDB has none.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PersistentStoreContract);

TEST_P(StoreContract, ReadsBackWhatWasCommitted) {
  const TableId table = store_->table("t");
  put(table, "key", "value");
  EXPECT_EQ(get(table, "key"), "value");
  EXPECT_EQ(get(table, "other"), "<absent>");
}

TEST_P(StoreContract, AnEmptyValueIsPresent) {
  const TableId table = store_->table("t");
  put(table, "key", "");
  const auto snapshot = store_->snapshot();
  Scope scope;
  View view;
  ASSERT_EQ(snapshot->get(table, b("key"), scope, view), Code::ok);
  EXPECT_TRUE(view);
  EXPECT_EQ(view.size, 0U);
}

TEST_P(StoreContract, KeysHaveOneTo511Bytes) {
  const TableId table = store_->table("t");
  const std::string longest(511, 'k');
  const std::string too_long(512, 'k');
  {
    const auto transaction = store_->begin();
    EXPECT_EQ(transaction->put(table, b(longest), b("v")), Code::ok);
    EXPECT_EQ(transaction->put(table, b("x"), b("v")), Code::ok);
    EXPECT_EQ(transaction->put(table, {}, b("v")), Code::key_size);
    EXPECT_EQ(transaction->put(table, b(too_long), b("v")), Code::key_size);
    EXPECT_EQ(transaction->erase(table, {}), Code::key_size);
    std::span<std::byte> out;
    EXPECT_EQ(transaction->reserve(table, b(too_long), 1, out), Code::key_size);
    EXPECT_EQ(transaction->append(table, b(too_long), b("v")), Code::key_size);
    transaction->commit(Durability::process);
  }
  const auto snapshot = store_->snapshot();
  Scope scope;
  View view;
  EXPECT_EQ(snapshot->get(table, b(longest), scope, view), Code::ok);
  EXPECT_EQ(snapshot->get(table, {}, scope, view), Code::key_size);
  EXPECT_FALSE(view);
  EXPECT_EQ(snapshot->get(table, b(too_long), scope, view), Code::key_size);
}

TEST_P(StoreContract, LargeValuesSurvive) {
  const TableId table = store_->table("t");
  std::string large(5'000'000, 'x');
  large[4'321'000] = 'y';
  put(table, "large", large);
  EXPECT_EQ(get(table, "large"), large);
}

TEST_P(StoreContract, KeysAreOrderedAsUnsignedBytesShorterFirst) {
  const TableId table = store_->table("t");
  const std::vector<std::string> ordered = {std::string(1, '\0'),
                                            std::string(2, '\0'),
                                            "a",
                                            std::string("a\0", 2),
                                            "aa",
                                            "aaaaaaaa",
                                            "aaaaaaaaa",
                                            "aaaaaaab",
                                            "b",
                                            "\x7f",
                                            "\x80",
                                            "\xff"};
  std::vector<std::string> shuffled = ordered;
  Random random(3);
  shuffle(shuffled, random);
  const auto transaction = store_->begin();
  for (const std::string& key : shuffled)
    ASSERT_EQ(transaction->put(table, b(key), b("v")), Code::ok);
  transaction->commit(Durability::process);
  EXPECT_EQ(keys(table), ordered);
}

TEST_P(StoreContract, ASnapshotNeverChanges) {
  const TableId table = store_->table("t");
  put(table, "key", "old");
  const auto before = store_->snapshot();
  put(table, "key", "new");
  put(table, "more", "1");
  EXPECT_EQ(get(*before, table, "key"), "old");
  EXPECT_EQ(get(*before, table, "more"), "<absent>");
  EXPECT_EQ(get(table, "key"), "new");
}

TEST_P(StoreContract, ATransactionReadsItsOwnWritesAndNobodyElseDoes) {
  const TableId table = store_->table("t");
  put(table, "a", "1");
  const auto transaction = store_->begin();
  ASSERT_EQ(transaction->put(table, b("b"), b("2")), Code::ok);
  ASSERT_EQ(transaction->erase(table, b("a")), Code::ok);
  EXPECT_EQ(get(*transaction, table, "a"), "<absent>");
  EXPECT_EQ(get(*transaction, table, "b"), "2");
  const auto cursor = transaction->cursor(table);
  EXPECT_EQ(keys(*cursor, cursor->seek({})), std::vector<std::string>{"b"});
  EXPECT_EQ(get(table, "a"), "1");
  EXPECT_EQ(get(table, "b"), "<absent>");
}

TEST_P(StoreContract, ACommitCoversAllTablesAtOnce) {
  const TableId one = store_->table("one");
  const TableId two = store_->table("two");
  const auto transaction = store_->begin();
  ASSERT_EQ(transaction->put(one, b("k"), b("1")), Code::ok);
  ASSERT_EQ(transaction->put(two, b("k"), b("2")), Code::ok);
  transaction->commit(Durability::power);
  const auto snapshot = store_->snapshot();
  EXPECT_EQ(get(*snapshot, one, "k"), "1");
  EXPECT_EQ(get(*snapshot, two, "k"), "2");
}

TEST_P(StoreContract, AbortAndDestructionLeaveNothing) {
  const TableId table = store_->table("t");
  {
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table, b("a"), b("1")), Code::ok);
    transaction->abort();
  }
  {
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table, b("b"), b("1")), Code::ok);
  }
  EXPECT_TRUE(keys(table).empty());
}

TEST_P(StoreContract, EveryCallAfterTheEndAnswersClosed) {
  const TableId table = store_->table("t");
  for (const bool commits : {true, false}) {
    const auto transaction = store_->begin();
    if (commits) {
      transaction->commit(Durability::process);
    } else {
      transaction->abort();
    }
    Scope scope;
    View view;
    std::span<std::byte> out;
    EXPECT_EQ(transaction->get(table, b("a"), scope, view), Code::closed);
    EXPECT_EQ(transaction->put(table, b("a"), b("1")), Code::closed);
    EXPECT_EQ(transaction->append(table, b("a"), b("1")), Code::closed);
    EXPECT_EQ(transaction->reserve(table, b("a"), 1, out), Code::closed);
    EXPECT_EQ(transaction->erase(table, b("a")), Code::closed);
    EXPECT_EQ(transaction->erase_range(table, b("a"), b("b")), Code::closed);
    EXPECT_EQ(transaction->cursor(table)->seek(b("a")), Code::closed);
    EXPECT_EQ(code_of([&] { transaction->commit(Durability::process); }), Code::closed);
  }
}

TEST_P(StoreContract, ACursorKnowsThatItsTransactionHasEnded) {
  const TableId table = store_->table("t");
  put(table, "a", "1");
  const auto transaction = store_->begin();
  const auto cursor = transaction->cursor(table);
  ASSERT_EQ(cursor->seek({}), Code::ok);
  transaction->abort();
  EXPECT_EQ(cursor->next(), Code::closed);
  EXPECT_EQ(cursor->seek({}), Code::closed);
}

TEST_P(StoreContract, MultiGetServesAnyOrderDuplicatesAndMisses) {
  const TableId table = store_->table("t");
  for (int i = 0; i < 100; ++i) put(table, "k" + std::to_string(i), "v" + std::to_string(i));
  const auto snapshot = store_->snapshot();
  const std::vector<std::string> wanted = {"k7", "absent", "k99", "k7", "k0"};
  std::vector<Key> wanted_keys;
  for (const std::string& key : wanted) wanted_keys.push_back(b(key));
  std::vector<View> views(5);
  Scope scope;
  ASSERT_EQ(snapshot->multi_get(table, wanted_keys, views, scope), Code::ok);
  EXPECT_EQ(as_text(views[0].bytes()), "v7");
  EXPECT_FALSE(views[1]);
  EXPECT_EQ(as_text(views[2].bytes()), "v99");
  EXPECT_EQ(as_text(views[3].bytes()), "v7");
  EXPECT_EQ(as_text(views[4].bytes()), "v0");
  views.resize(4);
  EXPECT_EQ(snapshot->multi_get(table, wanted_keys, views, scope), Code::invalid_argument);
  EXPECT_EQ(snapshot->multi_get(table, {}, {}, scope), Code::ok);
}

TEST_P(StoreContract, ViewsLiveAsLongAsTheyAreSaidTo) {
  const TableId table = store_->table("t");
  for (int i = 0; i < 300; ++i) put(table, "k" + std::to_string(i), "v" + std::to_string(i));
  const auto snapshot = store_->snapshot();
  Scope scope;
  std::vector<View> views(300);
  for (int i = 0; i < 300; ++i) {
    const std::string key = "k" + std::to_string(i);
    ASSERT_EQ(snapshot->get(table, b(key), scope, views[static_cast<std::size_t>(i)]), Code::ok);
    if (snapshot->view_life() == ViewLife::snapshot) scope.reset();
  }
  for (int i = 0; i < 300; ++i) put(table, "k" + std::to_string(i), "changed");
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(as_text(views[static_cast<std::size_t>(i)].bytes()), "v" + std::to_string(i));
  }
}

TEST_P(StoreContract, AScopeServesManyRounds) {
  const TableId table = store_->table("t");
  put(table, "key", "value");
  const auto snapshot = store_->snapshot();
  Scope scope;
  for (int i = 0; i < 1000; ++i) {
    View view;
    ASSERT_EQ(snapshot->get(table, b("key"), scope, view), Code::ok);
    ASSERT_EQ(as_text(view.bytes()), "value");
    scope.reset();
  }
}

TEST_P(StoreContract, ReserveIsAPutThatTheCallerWrites) {
  const TableId table = store_->table("t");
  const auto transaction = store_->begin();
  std::span<std::byte> out;
  ASSERT_EQ(transaction->reserve(table, b("a"), 3, out), Code::ok);
  ASSERT_EQ(out.size(), 3U);
  std::fill(out.begin(), out.end(), std::byte{'x'});
  ASSERT_EQ(transaction->reserve(table, b("b"), 2, out), Code::ok);
  std::fill(out.begin(), out.end(), std::byte{'y'});
  EXPECT_EQ(get(*transaction, table, "a"), "xxx");
  transaction->commit(Durability::process);
  EXPECT_EQ(get(table, "a"), "xxx");
  EXPECT_EQ(get(table, "b"), "yy");
}

TEST_P(StoreContract, AppendTakesOnlyWhatLiesAboveEveryKey) {
  const TableId table = store_->table("t");
  put(table, "m", "0");
  const auto transaction = store_->begin();
  EXPECT_EQ(transaction->append(table, b("a"), b("1")), Code::invalid_argument);
  EXPECT_EQ(transaction->append(table, b("m"), b("1")), Code::invalid_argument);
  EXPECT_EQ(transaction->append(table, b("n"), b("2")), Code::ok);
  EXPECT_EQ(transaction->append(table, b("n"), b("3")), Code::invalid_argument);
  EXPECT_EQ(transaction->append(table, b("o"), b("4")), Code::ok);
  EXPECT_EQ(transaction->put(table, b("z"), b("5")), Code::ok);
  EXPECT_EQ(transaction->append(table, b("p"), b("6")), Code::invalid_argument);
  EXPECT_EQ(transaction->erase(table, b("z")), Code::ok);
  EXPECT_EQ(transaction->append(table, b("p"), b("7")), Code::ok);
  transaction->commit(Durability::process);
  EXPECT_EQ(keys(table), (std::vector<std::string>{"m", "n", "o", "p"}));
  EXPECT_EQ(get(table, "m"), "0");
  EXPECT_EQ(get(table, "n"), "2");
}

TEST_P(StoreContract, EraseOfAnAbsentKeyIsOk) {
  const TableId table = store_->table("t");
  const auto transaction = store_->begin();
  EXPECT_EQ(transaction->erase(table, b("none")), Code::ok);
}

TEST_P(StoreContract, EraseRangeIsHalfOpenAndAnEmptyEndMeansAll) {
  const TableId table = store_->table("t");
  for (const char* key : {"a", "b", "c", "d", "e"}) put(table, key, "v");
  {
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->erase_range(table, b("b"), b("d")), Code::ok);
    transaction->commit(Durability::process);
  }
  EXPECT_EQ(keys(table), (std::vector<std::string>{"a", "d", "e"}));
  {
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->erase_range(table, b("d"), {}), Code::ok);
    transaction->commit(Durability::process);
  }
  EXPECT_EQ(keys(table), std::vector<std::string>{"a"});
  {
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table, b("x"), b("v")), Code::ok);
    ASSERT_EQ(transaction->erase_range(table, {}, {}), Code::ok);
    transaction->commit(Durability::process);
  }
  EXPECT_TRUE(keys(table).empty());
}

TEST_P(StoreContract, CursorsSeekAndEndWhereTheySay) {
  const TableId table = store_->table("t");
  for (const char* key : {"aa", "ab", "ba", "bb", "c"}) put(table, key, key);
  const auto snapshot = store_->snapshot();
  const auto cursor = snapshot->cursor(table);
  EXPECT_EQ(cursor->next(), Code::not_found);
  EXPECT_FALSE(cursor->value());
  ASSERT_EQ(cursor->seek(b("b")), Code::ok);
  EXPECT_EQ(as_text(cursor->key()), "ba");
  EXPECT_EQ(as_text(cursor->value().bytes()), "ba");
  EXPECT_EQ(cursor->seek(b("d")), Code::not_found);
  EXPECT_EQ(cursor->next(), Code::not_found);
  EXPECT_EQ(keys(*cursor, cursor->seek_prefix(b("a"))), (std::vector<std::string>{"aa", "ab"}));
  EXPECT_EQ(keys(*cursor, cursor->seek_prefix(b("b"))), (std::vector<std::string>{"ba", "bb"}));
  EXPECT_EQ(cursor->seek_prefix(b("bz")), Code::not_found);
  EXPECT_EQ(keys(*cursor, cursor->seek({})).size(), 5U);
}

TEST_P(StoreContract, AnEmptyTableHasNoFirstRecord) {
  const TableId table = store_->table("t");
  const auto snapshot = store_->snapshot();
  const auto cursor = snapshot->cursor(table);
  EXPECT_EQ(cursor->seek({}), Code::not_found);
  EXPECT_EQ(cursor->seek_prefix(b("a")), Code::not_found);
}

TEST_P(StoreContract, TablesAreApartAndListedInOrder) {
  const TableId second = store_->table("b.links");
  const TableId first = store_->table("a.meta");
  put(second, "k", "2");
  EXPECT_EQ(get(first, "k"), "<absent>");
  EXPECT_EQ(store_->table("b.links"), second);
  EXPECT_EQ(store_->tables(), (std::vector<std::string>{"a.meta", "b.links"}));
}

TEST_P(StoreContract, TableNamesAreChecked) {
  for (const std::string& name : {std::string(), std::string(201, 'a'), std::string("a b"),
                                  std::string("a/b"), std::string("a\0b", 3)}) {
    EXPECT_EQ(code_of([&] { store_->table(name); }), Code::invalid_argument) << name;
  }
  EXPECT_EQ(code_of([&] { store_->table(std::string(200, 'a')); }), Code::ok);
}

TEST_P(StoreContract, ASecondWriterOfTheSameThreadIsRefused) {
  const TableId table = store_->table("t");
  const auto transaction = store_->begin();
  EXPECT_EQ(code_of([&] { store_->begin(); }), Code::busy);
  EXPECT_EQ(code_of([&] { store_->bulk({&table, 1}); }), Code::busy);
}

TEST_P(StoreContract, ASecondWriterOfAnotherThreadWaits) {
  const TableId table = store_->table("t");
  auto transaction = store_->begin();
  ASSERT_EQ(transaction->put(table, b("k"), b("first")), Code::ok);
  std::atomic<bool> began{false};
  std::string seen;
  std::thread other([&] {
    const auto second = store_->begin();
    began = true;
    seen = get(*second, table, "k");
    EXPECT_EQ(second->put(table, b("k"), b("second")), Code::ok);
    second->commit(Durability::process);
  });
  EXPECT_FALSE(began);
  transaction->commit(Durability::process);
  other.join();
  EXPECT_EQ(seen, "first");
  EXPECT_EQ(get(table, "k"), "second");
}

TEST_P(StoreContract, ReadersNeverWaitForAWriter) {
  const TableId table = store_->table("t");
  put(table, "k", "old");
  const auto transaction = store_->begin();
  ASSERT_EQ(transaction->put(table, b("k"), b("new")), Code::ok);
  std::string seen;
  std::thread reader([&] { seen = get(table, "k"); });
  reader.join();
  EXPECT_EQ(seen, "old");
}

TEST_P(StoreContract, OneSnapshotServesManyThreads) {
  const TableId table = store_->table("t");
  {
    const auto transaction = store_->begin();
    for (int i = 0; i < 2000; ++i) {
      const std::string key = "k" + std::to_string(i);
      ASSERT_EQ(transaction->put(table, b(key), b(key)), Code::ok);
    }
    transaction->commit(Durability::process);
  }
  const auto snapshot = store_->snapshot();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; i < 2000; ++i) {
        const std::string key = "k" + std::to_string(i);
        wrong += get(*snapshot, table, key) != key;
      }
      const auto cursor = snapshot->cursor(table);
      wrong += keys(*cursor, cursor->seek({})).size() != 2000;
    });
  }
  put(table, "k5", "changed");
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(StoreContract, ABulkLoadIsInvisibleUntilPublished) {
  const TableId one = store_->table("one");
  const TableId two = store_->table("two");
  const TableId both[] = {one, two};
  const auto before = store_->snapshot();
  {
    const auto bulk = store_->bulk(both);
    ASSERT_EQ(bulk->add(one, b("a"), b("1")), Code::ok);
    ASSERT_EQ(bulk->add(two, b("a"), b("2")), Code::ok);
    ASSERT_EQ(bulk->add(one, b("b"), b("")), Code::ok);
    EXPECT_TRUE(keys(one).empty());
    bulk->publish();
    EXPECT_EQ(bulk->add(one, b("c"), b("1")), Code::closed);
    EXPECT_EQ(code_of([&] { bulk->publish(); }), Code::closed);
  }
  EXPECT_EQ(keys(one), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(get(two, "a"), "2");
  EXPECT_EQ(get(*before, one, "a"), "<absent>");
}

TEST_P(StoreContract, ABulkLoadThatIsNotPublishedLeavesNothing) {
  const TableId table = store_->table("t");
  {
    const auto bulk = store_->bulk({&table, 1});
    ASSERT_EQ(bulk->add(table, b("a"), b("1")), Code::ok);
  }
  EXPECT_TRUE(keys(table).empty());
  const auto again = store_->bulk({&table, 1});
  ASSERT_EQ(again->add(table, b("a"), b("2")), Code::ok);
  again->publish();
  EXPECT_EQ(get(table, "a"), "2");
}

TEST_P(StoreContract, ABulkLoadTakesAscendingKeysOfItsTablesOnly) {
  const TableId table = store_->table("t");
  const TableId other = store_->table("other");
  const auto bulk = store_->bulk({&table, 1});
  ASSERT_EQ(bulk->add(table, b("b"), b("1")), Code::ok);
  EXPECT_EQ(bulk->add(table, b("b"), b("1")), Code::invalid_argument);
  EXPECT_EQ(bulk->add(table, b("a"), b("1")), Code::invalid_argument);
  EXPECT_EQ(bulk->add(table, {}, b("1")), Code::key_size);
  EXPECT_EQ(bulk->add(other, b("c"), b("1")), Code::invalid_argument);
  EXPECT_EQ(bulk->add(table, b("c"), b("1")), Code::ok);
  bulk->publish();
  EXPECT_EQ(keys(table), (std::vector<std::string>{"b", "c"}));
}

TEST_P(StoreContract, ABulkLoadNeedsEmptyTables) {
  const TableId table = store_->table("t");
  put(table, "a", "1");
  EXPECT_EQ(code_of([&] { store_->bulk({&table, 1}); }), Code::invalid_argument);
  put(table, "b", "2");  // and the refusal holds nothing up
}

TEST_P(StoreContract, WritesGoOnAfterABulkLoad) {
  const TableId table = store_->table("t");
  {
    const auto bulk = store_->bulk({&table, 1});
    for (int i = 1000; i < 3000; ++i) {
      ASSERT_EQ(bulk->add(table, b(std::to_string(i)), b("bulk")), Code::ok);
    }
    bulk->publish();
  }
  put(table, "1500", "changed");
  const auto transaction = store_->begin();
  ASSERT_EQ(transaction->erase(table, b("1000")), Code::ok);
  ASSERT_EQ(transaction->append(table, b("3000"), b("new")), Code::ok);
  transaction->commit(Durability::process);
  EXPECT_EQ(get(table, "1500"), "changed");
  EXPECT_EQ(keys(table).size(), 2000U);
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

TEST_P(StoreContract, EveryDurabilityCommits) {
  const TableId table = store_->table("t");
  int i = 0;
  for (const Durability durability :
       {Durability::none, Durability::process, Durability::ordered, Durability::power}) {
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table, b("k"), b(std::to_string(i))), Code::ok);
    transaction->commit(durability);
    EXPECT_EQ(get(table, "k"), std::to_string(i++));
  }
  store_->sync();
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
  const auto copied = open_store(GetParam().kind, {.path = copy});
  EXPECT_EQ(get(*copied->snapshot(), copied->table("t"), "k"), "v");
  EXPECT_EQ(code_of([&] { store_->compact_copy(copy); }), Code::invalid_argument);
}

TEST_P(PersistentStoreContract, AReadOnlyStoreReadsAndRefusesToWrite) {
  put(store_->table("t"), "k", "v");
  close();
  const auto read = open_store(GetParam().kind, {.path = dir_.path() / "store", .read_only = true});
  EXPECT_TRUE(read->traits().read_only);
  EXPECT_EQ(read->traits().view_life, ViewLife::snapshot);
  const TableId table = read->table("t");
  EXPECT_EQ(get(*read->snapshot(), table, "k"), "v");
  EXPECT_EQ(code_of([&] { read->begin(); }), Code::unsupported);
  EXPECT_EQ(code_of([&] { read->bulk({&table, 1}); }), Code::unsupported);
  EXPECT_EQ(code_of([&] { read->table("new"); }), Code::not_found);
}

TEST_P(PersistentStoreContract, AMissingStoreIsNotMadeUnlessAsked) {
  EXPECT_EQ(code_of([&] { open_store(GetParam().kind, {.path = dir_.path() / "none"}); }),
            Code::not_found);
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "none"));
}

/// Random operations beside a std::map, with snapshots that keep their own copy of it.
TEST_P(StoreContract, BehavesAsAMapUnderRandomOperations) {
  using Model = std::map<std::string, std::string>;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const TableId table = store_->table("model" + std::to_string(seed));
    Random random(seed);
    Model committed;
    std::vector<std::pair<std::unique_ptr<Snapshot>, Model>> snapshots;
    const auto random_key = [&] {
      std::string key(1 + random.below(random.below(20) == 0 ? 300 : 3), ' ');
      for (char& c : key) c = static_cast<char>(random.below(4) * 80);
      return key;
    };
    for (int round = 0; round < 60; ++round) {
      const auto transaction = store_->begin();
      Model model = committed;
      for (std::uint64_t i = random.below(30); i > 0; --i) {
        const std::string key = random_key();
        switch (random.below(6)) {
          case 0:
          case 1:
          case 2: {
            const std::string value(random.below(random.below(10) == 0 ? 6000 : 20), 'a');
            ASSERT_EQ(transaction->put(table, b(key), b(value)), Code::ok);
            model[key] = value;
            break;
          }
          case 3:
            ASSERT_EQ(transaction->erase(table, b(key)), Code::ok);
            model.erase(key);
            break;
          case 4: {
            const std::string to = random_key();
            ASSERT_EQ(transaction->erase_range(table, b(key), b(to)), Code::ok);
            if (key < to) model.erase(model.lower_bound(key), model.lower_bound(to));
            break;
          }
          default: {
            const bool above = model.empty() || model.rbegin()->first < key;
            ASSERT_EQ(transaction->append(table, b(key), b("end")),
                      above ? Code::ok : Code::invalid_argument);
            if (above) model[key] = "end";
          }
        }
        const std::string probe = random_key();
        const auto found = model.find(probe);
        ASSERT_EQ(get(*transaction, table, probe),
                  found == model.end() ? "<absent>" : found->second);
      }
      if (random.below(4) == 0) {
        transaction->abort();
      } else {
        transaction->commit(Durability::none);
        committed = model;
      }
      if (random.below(5) == 0) snapshots.emplace_back(store_->snapshot(), committed);
      if (snapshots.size() > 4) snapshots.erase(snapshots.begin());
    }
    snapshots.emplace_back(store_->snapshot(), committed);
    for (const auto& [snapshot, model] : snapshots) {
      const auto cursor = snapshot->cursor(table);
      Code code = cursor->seek({});
      for (const auto& [key, value] : model) {
        ASSERT_EQ(code, Code::ok);
        ASSERT_EQ(as_text(cursor->key()), key);
        ASSERT_EQ(as_text(cursor->value().bytes()), value);
        code = cursor->next();
      }
      ASSERT_EQ(code, Code::not_found);
    }
  }
}

std::vector<Subject> subjects(bool only_persistent) {
  std::vector<Subject> all;
  for (const StoreKind& kind : store_kinds()) {
    if (only_persistent && !kind.persistent) continue;
    for (const bool counted : {false, true}) all.push_back({std::string(kind.name), counted});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(AllStores, StoreContract, testing::ValuesIn(subjects(false)),
                         [](const auto& info) { return info.param.name(); });

INSTANTIATE_TEST_SUITE_P(AllStores, PersistentStoreContract, testing::ValuesIn(subjects(true)),
                         [](const auto& info) { return info.param.name(); });

TEST(CountingStore, CountsGetsBytesAndWritesExactly) {
  const auto inner = open_store("memory", {});
  const auto counting = count(*inner);
  const TableId table = counting->table("t");
  const auto transaction = counting->begin();
  ASSERT_EQ(transaction->put(table, b("ab"), b("123")), Code::ok);
  ASSERT_EQ(transaction->erase(table, b("zz")), Code::ok);
  ASSERT_EQ(transaction->put(table, {}, b("123")), Code::key_size);
  transaction->commit(Durability::process);
  const auto snapshot = counting->snapshot();
  Scope scope;
  View view;
  ASSERT_EQ(snapshot->get(table, b("ab"), scope, view), Code::ok);
  ASSERT_EQ(snapshot->get(table, b("none"), scope, view), Code::not_found);
  const Key keys[] = {b("ab"), b("none"), b("ab")};
  View views[3];
  ASSERT_EQ(snapshot->multi_get(table, keys, views, scope), Code::ok);
  const Counts counts = counting->counts();
  EXPECT_EQ(counts.gets, 5U);
  EXPECT_EQ(counts.multi_gets, 1U);
  EXPECT_EQ(counts.bytes_read, 9U);
  EXPECT_EQ(counts.puts, 1U);
  EXPECT_EQ(counts.bytes_written, 5U);
  EXPECT_EQ(counts.erases, 1U);
  EXPECT_EQ(counts.commits, 1U);
  counting->reset();
  EXPECT_EQ(counting->counts().gets, 0U);
}

TEST(OpenStore, AMisspeltKindIsAnsweredWithTheNearest) {
  try {
    open_store("rocksbd", {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::invalid_argument);
    EXPECT_NE(std::string(error.what()).find("Known: memory"), std::string::npos);
  }
}

}  // namespace
}  // namespace skerry::kv
