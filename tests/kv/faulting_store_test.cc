#include "kv/faulting_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "kv/open_store.h"
#include "tests/kv/fixtures.h"
#include "tests/support/expect_error.h"

namespace skerry::kv {
namespace {

/// Over every store, with records a and b in table t.
class FaultingStoreTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    inner_ = open_store(GetParam(), {.path = dir_.path() / "store", .create = true});
    store_ = with_faults(*inner_);
    table_ = store_->table("t");
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table_, b("a"), b("1")), Code::ok);
    ASSERT_EQ(transaction->put(table_, b("b"), b("2")), Code::ok);
    transaction->commit(Durability::process);
  }

  std::string get(std::string_view key) { return kv::get(*inner_->snapshot(), table_, key); }

  /// The writer is free, and what was there before is all that is there.
  void expect_nothing_changed() {
    store_->heal();
    EXPECT_EQ(inner_->verify(), 2U);
    EXPECT_EQ(get("a"), "1");
    EXPECT_EQ(get("b"), "2");
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table_, b("c"), b("3")), Code::ok);
    transaction->commit(Durability::process);
    EXPECT_EQ(get("c"), "3");
  }

  support::TempDir dir_;
  std::unique_ptr<Store> inner_;
  std::unique_ptr<FaultingStore> store_;
  TableId table_{};
};

TEST_P(FaultingStoreTest, FailsTheNthCallOnlyAndCountsIt) {
  store_->fail(Call::get, {.code = Code::corrupt, .nth = 2});
  const auto snapshot = store_->snapshot();
  Scope scope;
  View view;
  EXPECT_EQ(snapshot->get(table_, b("a"), scope, view), Code::ok);
  EXPECT_EQ(snapshot->get(table_, b("a"), scope, view), Code::corrupt);
  EXPECT_FALSE(view);
  EXPECT_EQ(snapshot->get(table_, b("a"), scope, view), Code::ok);
  EXPECT_EQ(as_text(view.bytes()), "1");
  EXPECT_EQ(store_->failed(), 1U);
}

TEST_P(FaultingStoreTest, FailsAShareOfTheCallsThatTheSeedPicks) {
  const auto outcome = [&](std::uint64_t seed) {
    store_->fail(Call::get, {.code = Code::io, .one_in = 8, .seed = seed});
    const auto snapshot = store_->snapshot();
    std::string calls;
    for (int i = 0; i < 400; ++i) {
      Scope scope;
      View view;
      calls += snapshot->get(table_, b("a"), scope, view) == Code::ok ? '.' : 'x';
    }
    return calls;
  };
  const std::string first = outcome(1);
  EXPECT_EQ(outcome(1), first);
  EXPECT_NE(outcome(2), first);
  // 50 of 400 are expected, with a standard deviation of 6.6.
  EXPECT_NEAR(static_cast<double>(std::count(first.begin(), first.end(), 'x')), 50.0, 26.0);
}

TEST_P(FaultingStoreTest, AFailedMultiGetGivesNullViews) {
  store_->fail(Call::multi_get, {.code = Code::io, .nth = 2});
  const auto snapshot = store_->snapshot();
  const Key keys[] = {b("a"), b("b")};
  View views[2];
  Scope scope;
  ASSERT_EQ(snapshot->multi_get(table_, keys, views, scope), Code::ok);
  EXPECT_EQ(snapshot->multi_get(table_, keys, views, scope), Code::io);
  EXPECT_FALSE(views[0]);
  EXPECT_FALSE(views[1]);
}

TEST_P(FaultingStoreTest, ACursorThatFailedStandsNowhereAndCanSeekAgain) {
  store_->fail(Call::step, {.code = Code::io, .nth = 2});
  const auto snapshot = store_->snapshot();
  const auto cursor = snapshot->cursor(table_);
  ASSERT_EQ(cursor->seek({}), Code::ok);
  EXPECT_EQ(cursor->next(), Code::io);
  EXPECT_TRUE(cursor->key().empty());
  EXPECT_FALSE(cursor->value());
  EXPECT_EQ(cursor->next(), Code::not_found);
  ASSERT_EQ(cursor->seek(b("b")), Code::ok);
  EXPECT_EQ(as_text(cursor->value().bytes()), "2");
}

TEST_P(FaultingStoreTest, AFailedChangeDoomsItsTransaction) {
  using Change = Code (*)(Transaction&, TableId);
  const std::pair<Call, Change> changes[] = {
      {Call::put, [](Transaction& t, TableId table) { return t.put(table, b("b"), b("x")); }},
      {Call::put, [](Transaction& t, TableId table) { return t.append(table, b("z"), b("x")); }},
      {Call::put,
       [](Transaction& t, TableId table) {
         std::span<std::byte> out;
         return t.reserve(table, b("z"), 0, out);
       }},
      {Call::erase, [](Transaction& t, TableId table) { return t.erase(table, b("b")); }},
      {Call::erase, [](Transaction& t, TableId table) { return t.erase_range(table, {}, {}); }},
  };
  for (const auto& [call, change] : changes) {
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table_, b("a"), b("half")), Code::ok);
    store_->fail(call, {.code = Code::no_space, .nth = 1});
    EXPECT_EQ(change(*transaction, table_), Code::no_space);
    EXPECT_EQ(change(*transaction, table_), Code::ok);
    support::expect_error(Code::no_space, {"made to fail"},
                          [&] { transaction->commit(Durability::process); });
    EXPECT_EQ(transaction->put(table_, b("a"), b("late")), Code::closed);
  }
  expect_nothing_changed();
}

TEST_P(FaultingStoreTest, AFailedCommitChangesNothing) {
  store_->fail(Call::commit, {.code = Code::no_space, .nth = 1});
  const auto transaction = store_->begin();
  ASSERT_EQ(transaction->put(table_, b("a"), b("half")), Code::ok);
  ASSERT_EQ(transaction->erase(table_, b("b")), Code::ok);
  support::expect_error(Code::no_space, {"the transaction"},
                        [&] { transaction->commit(Durability::power); });
  expect_nothing_changed();
}

TEST_P(FaultingStoreTest, AFailedBulkLoadChangesNothing) {
  const TableId empty = store_->table("empty");
  for (const Call call : {Call::add, Call::publish}) {
    store_->heal();
    store_->fail(call, {.code = Code::io, .nth = 1});
    const auto bulk = store_->bulk({&empty, 1});
    EXPECT_EQ(bulk->add(empty, b("a"), b("1")), call == Call::add ? Code::io : Code::ok);
    EXPECT_EQ(bulk->add(empty, b("b"), b("1")), Code::ok);
    support::expect_error(Code::io, {"the bulk load"}, [&] { bulk->publish(); });
    EXPECT_EQ(bulk->add(empty, b("c"), b("1")), Code::closed);
    EXPECT_EQ(code_of([&] { bulk->publish(); }), Code::closed);
    EXPECT_EQ(kv::get(*inner_->snapshot(), empty, "a"), "<absent>");
  }
  expect_nothing_changed();
}

TEST_P(FaultingStoreTest, WhatCannotBeginThrowsAndHoldsNothingUp) {
  for (const Call call : {Call::table, Call::snapshot, Call::begin, Call::bulk, Call::sync}) {
    store_->fail(call, {.code = Code::full, .nth = 1});
  }
  EXPECT_EQ(code_of([&] { store_->table("u"); }), Code::full);
  EXPECT_EQ(code_of([&] { store_->snapshot(); }), Code::full);
  EXPECT_EQ(code_of([&] { store_->begin(); }), Code::full);
  EXPECT_EQ(code_of([&] { store_->bulk({}); }), Code::full);
  EXPECT_EQ(code_of([&] { store_->sync(); }), Code::full);
  EXPECT_EQ(store_->failed(), 5U);
  expect_nothing_changed();
}

TEST_P(FaultingStoreTest, RefusesAFaultThatIsNoFailure) {
  support::expect_error(Code::invalid_argument, {"not_found"},
                        [&] { store_->fail(Call::get, {.code = Code::not_found, .nth = 1}); });
}

std::vector<std::string> kinds() {
  std::vector<std::string> names;
  for (const StoreKind& kind : store_kinds()) names.emplace_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(AllStores, FaultingStoreTest, testing::ValuesIn(kinds()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace skerry::kv
