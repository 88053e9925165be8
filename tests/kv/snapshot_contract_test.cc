// What kv/store.h promises of snapshots, views, scopes and cursors.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/random.h"
#include "tests/kv/store_contract.h"

namespace skerry::kv {
namespace {

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

TEST_P(StoreContract, TablesThatManyThreadsUseLateAreThoseOfWhenTheSnapshotBegan) {
  std::vector<TableId> tables;
  for (int i = 0; i < 30; ++i) tables.push_back(store_->table("t" + std::to_string(i)));
  const auto put_in_all = [&](const std::string& key, const std::string& value) {
    const auto transaction = store_->begin();
    for (const TableId table : tables) {
      ASSERT_EQ(transaction->put(table, b(key), b(value)), Code::ok);
    }
    transaction->commit(Durability::process);
  };
  put_in_all("key", "old");
  const auto snapshot = store_->snapshot();
  EXPECT_EQ(get(*snapshot, tables[0], "key"), "old");
  put_in_all("key", "new");
  put_in_all("more", "1");
  // Some begin with a get and some with a cursor, all at the same table.
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (const TableId table : tables) {
        if (t % 2 == 0) wrong += get(*snapshot, table, "key") != "old";
        const auto cursor = snapshot->cursor(table);
        wrong += keys(*cursor, cursor->seek({})) != std::vector<std::string>{"key"};
        wrong += get(*snapshot, table, "more") != "<absent>";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  for (const TableId table : tables) EXPECT_EQ(get(table, "key"), "new");
}

}  // namespace
}  // namespace skerry::kv
