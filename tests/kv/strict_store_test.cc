// The strict store sees what it is there to see.

#include "tests/kv/strict_store.h"

#include <gtest/gtest.h>

#include <thread>

#include "kv/faulting_store.h"
#include "kv/open_store.h"
#include "tests/kv/fixtures.h"
#include "tests/kv/lent_values.h"

namespace skerry::kv {
namespace {

/// Over the memory store, with records a and b in table t.
class StrictStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    table_ = store_->table("t");
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table_, b("a"), b("1")), Code::ok);
    ASSERT_EQ(transaction->put(table_, b("b"), b("22")), Code::ok);
    transaction->commit(Durability::process);
  }

  View get(const Snapshot& snapshot, std::string_view key, Scope& scope) const {
    View view;
    EXPECT_EQ(snapshot.get(table_, b(key), scope, view), Code::ok);
    return view;
  }

  /// Whether `action` throws Misuse in a thread of its own.
  template <class Action>
  static bool misused_elsewhere(Action&& action) {
    bool misused = false;
    std::thread([&] {
      try {
        action();
      } catch (const Misuse&) {
        misused = true;
      }
    }).join();
    return misused;
  }

  std::unique_ptr<Store> inner_ = open_store("memory", {});
  std::unique_ptr<Store> store_ = make_strict(*inner_, ViewLife::scope);
  TableId table_{};
};

/// All of a view that is gone.
constexpr std::string_view gone = "\xdb";

TEST_F(StrictStoreTest, AViewOfAScopeEndsWithItsReset) {
  const auto snapshot = store_->snapshot();
  ASSERT_EQ(snapshot->view_life(), ViewLife::scope);
  Scope scope;
  const View view = get(*snapshot, "a", scope);
  EXPECT_EQ(as_text(view.bytes()), "1");
  scope.reset();
  EXPECT_EQ(as_text(view.bytes()), gone);
}

TEST_F(StrictStoreTest, AViewOfAScopeEndsWhenItServesAnotherSnapshot) {
  const auto first = store_->snapshot();
  const auto second = store_->snapshot();
  Scope scope;
  const View view = get(*first, "a", scope);
  get(*second, "a", scope);
  EXPECT_EQ(as_text(view.bytes()), gone);
}

TEST_F(StrictStoreTest, AViewOfASnapshotOutlivesItsScopeAndEndsWithTheSnapshot) {
  const auto store = make_strict(*inner_, ViewLife::snapshot);
  store->table("t");
  auto snapshot = store->snapshot();
  View view;
  {
    Scope scope;
    view = get(*snapshot, "a", scope);
  }
  EXPECT_EQ(as_text(view.bytes()), "1");
  snapshot.reset();
  EXPECT_EQ(as_text(view.bytes()), gone);
}

TEST_F(StrictStoreTest, AViewOfATransactionEndsWithTheNextChange) {
  const auto transaction = store_->begin();
  Scope scope;
  const View view = get(*transaction, "a", scope);
  ASSERT_EQ(transaction->put(table_, b("c"), b("3")), Code::ok);
  EXPECT_EQ(as_text(view.bytes()), gone);
}

TEST_F(StrictStoreTest, KeyAndValueOfACursorEndWithItsNextMove) {
  const auto snapshot = store_->snapshot();
  const auto cursor = snapshot->cursor(table_);
  ASSERT_EQ(cursor->seek({}), Code::ok);
  const Key key = cursor->key();
  const View value = cursor->value();
  ASSERT_EQ(cursor->next(), Code::ok);
  EXPECT_EQ(as_text(key), gone);
  EXPECT_EQ(as_text(value.bytes()), gone);
  EXPECT_EQ(as_text(cursor->value().bytes()), "22");
}

TEST_F(StrictStoreTest, ACursorIsOfNoUseAfterAChangeOfItsTransaction) {
  const auto transaction = store_->begin();
  const auto cursor = transaction->cursor(table_);
  ASSERT_EQ(cursor->seek({}), Code::ok);
  ASSERT_EQ(transaction->erase(table_, b("b")), Code::ok);
  EXPECT_EQ(as_text(cursor->key()), gone);
  EXPECT_EQ(as_text(cursor->value().bytes()), gone);
  EXPECT_THROW(cursor->next(), Misuse);
  EXPECT_THROW(cursor->seek({}), Misuse);
  EXPECT_EQ(transaction->cursor(table_)->seek(b("b")), Code::not_found);
}

TEST_F(StrictStoreTest, WhatIsWrittenBehindAReservedValueTooLateIsLost) {
  const auto transaction = store_->begin();
  std::span<std::byte> out;
  ASSERT_EQ(transaction->reserve(table_, b("c"), 1, out), Code::ok);
  out[0] = std::byte{'3'};
  Scope scope;
  EXPECT_EQ(as_text(get(*transaction, "c", scope).bytes()), "3");
  EXPECT_EQ(out[0], spoilt);
  out[0] = std::byte{'4'};
  EXPECT_EQ(as_text(get(*transaction, "c", scope).bytes()), "3");
}

TEST_F(StrictStoreTest, ValuesLieAtOddAddresses) {
  const auto snapshot = store_->snapshot();
  Scope scope;
  const View a = get(*snapshot, "a", scope);
  const View b = get(*snapshot, "b", scope);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.data) % 2, 1U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(b.data) % 2, 1U);
}

TEST_F(StrictStoreTest, ViewsOfAFailedMultiGetAreNotWhatTheyWere) {
  const auto faulty = with_faults(*inner_);
  const auto store = make_strict(*faulty, ViewLife::scope);
  store->table("t");
  faulty->fail(Call::multi_get, {.code = Code::io, .nth = 1});
  const auto snapshot = store->snapshot();
  const Key keys[] = {b("a")};
  View views[1];
  Scope scope;
  EXPECT_EQ(snapshot->multi_get(table_, keys, views, scope), Code::io);
  EXPECT_EQ(as_text(views[0].bytes()), gone);
}

TEST_F(StrictStoreTest, ASnapshotDoesNotKnowATableThatWasOpenedAfterIt) {
  const auto snapshot = store_->snapshot();
  const TableId later = store_->table("later");
  Scope scope;
  View view;
  EXPECT_EQ(snapshot->get(later, b("a"), scope, view), Code::invalid_argument);
  EXPECT_EQ(snapshot->cursor(later)->seek({}), Code::invalid_argument);
}

TEST_F(StrictStoreTest, ATableIsNotOpenedUnderAWriterOfTheSameThreadUnlessItIsOpen) {
  {
    const auto transaction = store_->begin();
    EXPECT_EQ(code_of([&] { store_->table("new"); }), Code::busy);
    EXPECT_EQ(store_->table("t"), table_);
    transaction->abort();
    EXPECT_EQ(code_of([&] { store_->table("new"); }), Code::ok);
  }
  const auto bulk = store_->bulk({});
  EXPECT_EQ(code_of([&] { store_->table("newer"); }), Code::busy);
  EXPECT_EQ(store_->table("t"), table_);
}

TEST_F(StrictStoreTest, WhatBelongsToOneThreadIsNotUsedByAnother) {
  const auto snapshot = store_->snapshot();
  const auto cursor = snapshot->cursor(table_);
  Scope scope;
  get(*snapshot, "a", scope);
  EXPECT_TRUE(misused_elsewhere([&] { cursor->seek({}); }));
  EXPECT_TRUE(misused_elsewhere([&] { get(*snapshot, "a", scope); }));
  {
    const auto transaction = store_->begin();
    EXPECT_TRUE(misused_elsewhere([&] { transaction->put(table_, b("c"), b("3")); }));
  }
  const auto bulk = store_->bulk({});
  EXPECT_TRUE(misused_elsewhere([&] { bulk->publish(); }));
}

TEST_F(StrictStoreTest, NothingOutlivesWhatMadeIt) {
  EXPECT_DEATH(
      {
        auto store = make_strict(*inner_, ViewLife::scope);
        const auto snapshot = store->snapshot();
        store.reset();
      },
      "a store is destroyed before");
  EXPECT_DEATH(
      {
        auto snapshot = store_->snapshot();
        const auto cursor = snapshot->cursor(table_);
        snapshot.reset();
      },
      "a snapshot is destroyed before");
}

TEST_F(StrictStoreTest, ClaimsNoLongerLifeThanTheStoreUnderIt) {
  EXPECT_THROW(make_strict(*store_, ViewLife::snapshot), Misuse);
}

}  // namespace
}  // namespace skerry::kv
