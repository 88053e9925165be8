// What kv/store.h promises of bulk loads.

#include <gtest/gtest.h>

#include "tests/kv/store_contract.h"

namespace skerry::kv {
namespace {

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

}  // namespace
}  // namespace skerry::kv
