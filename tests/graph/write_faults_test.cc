// What is left of writing and opening an index when the store fails under it.

#include <gtest/gtest.h>

#include "graph/digest.h"
#include "graph/reader.h"
#include "graph/write_index.h"
#include "kv/faulting_store.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {
namespace {

constexpr std::size_t dimension = 8;
constexpr std::size_t count = 300;

/// A store that holds one whole index, `first`.
class WriteFaults : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    vectors_ = uniform_vectors(count, dimension, 1);
    rows_ = rows_of("euclidean", vectors_, dimension);
    graph_ = build(rows_, parameters());
    inner_ = kv::open_store(GetParam(), {.path = dir_.path() / "store", .create = true});
    store_ = kv::with_faults(*inner_);
    write("first", "bulk");
  }

  void write(std::string_view name, std::string_view via) {
    write_index(*store_, name, rows_, graph_, {.via = Via::parse(via), .seed = 1});
  }

  Bytes vector(std::size_t i) const {
    return std::as_bytes(std::span(vectors_)).subspan(i * dimension * 4, dimension * 4);
  }

  /// Whole, as read past the faults.
  void expect_whole(std::string_view name) {
    store_->heal();
    EXPECT_EQ(graph_digest(StoredIndex(*inner_, name).load_graph()), graph_digest(graph_));
    const Reader reader(*inner_, name, "direct");
    std::vector<Hit> hits;
    reader.searcher()->search(vector(7), {10, 50}, hits);
    ASSERT_EQ(hits.size(), 10U);
    EXPECT_EQ(hits[0].id, 7U);
  }

  /// Fails the n-th call of a kind for n = 1, 2, 4, .. until a run of `action` has no n-th call;
  /// each failure must reach the caller with its code. Returns how many there were.
  template <class Action>
  int fail_each(kv::Call call, Action&& action) {
    int failures = 0;
    for (std::uint64_t nth = 1;; nth *= 2, ++failures) {
      SCOPED_TRACE("call " + std::to_string(nth));
      const std::uint64_t before = store_->failed();
      store_->fail(call, {.code = Code::no_space, .nth = nth});
      Code code = Code::ok;
      try {
        action(failures);
      } catch (const Error& error) {
        code = error.code();
      }
      store_->heal();
      if (store_->failed() == before) {
        EXPECT_EQ(name(code), name(Code::ok));
        return failures;
      }
      EXPECT_EQ(name(code), name(Code::no_space));
    }
  }

  support::TempDir dir_;
  std::vector<float> vectors_;
  Rows rows_;
  Graph graph_;
  std::unique_ptr<kv::Store> inner_;
  std::unique_ptr<kv::FaultingStore> store_;
};

TEST_P(WriteFaults, ABulkLoadThatFailsLeavesNoIndexAndCanBeDoneAgain) {
  for (const kv::Call call : {kv::Call::table, kv::Call::bulk, kv::Call::add, kv::Call::publish}) {
    store_->fail(call, {.code = Code::no_space, .nth = 1});
    support::expect_error(Code::no_space, {}, [&] { write("second", "bulk"); });
    store_->heal();
    support::expect_error(Code::not_found, {"second"}, [&] { StoredIndex(*store_, "second"); });
    expect_whole("first");
  }
  write("second", "bulk");
  expect_whole("second");
}

TEST_P(WriteFaults, AnyRecordOfABulkLoadMayFail) {
  EXPECT_GE(fail_each(kv::Call::add, [&](int) { write("second", "bulk"); }), 8);
  expect_whole("second");
  expect_whole("first");
}

TEST_P(WriteFaults, ATransactionThatFailsHalfWayShowsNoIndexAndLeavesTheOthers) {
  for (const kv::Call call : {kv::Call::begin, kv::Call::put, kv::Call::commit}) {
    const auto name = [&](int number) {
      return "t" + std::to_string(static_cast<int>(call)) + "-" + std::to_string(number);
    };
    const int failures = fail_each(call, [&](int n) { write(name(n), "transactions(50)"); });
    EXPECT_GE(failures, 3);
    for (int n = 0; n < failures; ++n) {
      support::expect_error(Code::not_found, {}, [&] { StoredIndex(*store_, name(n)); });
    }
    expect_whole(name(failures));
    expect_whole("first");
  }
}

TEST_P(WriteFaults, WhatAFailedWriteLeftIsNotMixedWithAnotherWrite) {
  store_->fail(kv::Call::commit, {.code = Code::no_space, .nth = 3});
  support::expect_error(Code::no_space, {}, [&] { write("second", "transactions(50)"); });
  store_->heal();
  for (const std::string_view via : {"bulk", "transactions(50)"}) {
    EXPECT_THROW(write("second", via), Error) << via;
  }
  support::expect_error(Code::not_found, {"second"}, [&] { StoredIndex(*store_, "second"); });
  write("third", "transactions(50)");
  expect_whole("third");
}

TEST_P(WriteFaults, EveryFailureOfOpeningReachesTheCaller) {
  const auto open = [&](int) {
    const Reader reader(*store_, "first", "frozen");
    StoredIndex(*store_, "first").load_graph();
  };
  for (const kv::Call call : {kv::Call::table, kv::Call::snapshot, kv::Call::get, kv::Call::step}) {
    EXPECT_GE(fail_each(call, open), 1);
  }
  expect_whole("first");
}

TEST_P(WriteFaults, EveryFailureOfASearchReachesTheCaller) {
  for (const std::string_view view : view_names()) {
    if (!view_supported(view, store_->traits().view_life)) continue;
    const auto search = [&](int) {
      const Reader reader(*store_, "first", view);
      std::vector<Hit> hits;
      reader.searcher()->search(vector(3), {10, 50}, hits);
    };
    EXPECT_GE(fail_each(kv::Call::get, search), 1) << view;
    if (view == "direct") {
      EXPECT_GE(fail_each(kv::Call::multi_get, search), 4);
    }
  }
}

TEST_P(WriteFaults, AnIndexIsFoundByTheNextProcessToo) {
  // Opened anew, the store has not seen the index's tables.
  if (!inner_->traits().persistent) return;
  store_.reset();
  inner_.reset();
  inner_ = kv::open_store(GetParam(), {.path = dir_.path() / "store"});
  store_ = kv::with_faults(*inner_);
  for (const std::string_view via : {"bulk", "transactions(50)"}) {
    support::expect_error(Code::invalid_argument, {"first.meta", "there already"},
                          [&] { write("first", via); });
  }
  expect_whole("first");
}

std::vector<std::string> kinds() {
  std::vector<std::string> names;
  for (const kv::StoreKind& kind : kv::store_kinds()) names.emplace_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(AllStores, WriteFaults, testing::ValuesIn(kinds()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace skerry::graph
