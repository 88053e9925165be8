// What kv/store.h promises of transactions and of the one writer.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/kv/store_contract.h"

namespace skerry::kv {
namespace {

TEST_P(StoreContract, KeysHaveAtLeastOneByteAndAsManyAsTheTraitsSay) {
  const TableId table = store_->table("t");
  const std::size_t most = store_->traits().longest_key;
  EXPECT_GE(most, 509U);
  const std::string longest(most, 'k');
  const std::string too_long(most + 1, 'k');
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

}  // namespace
}  // namespace skerry::kv
