// The same graph in every layout, order and way into the store: one suite over every store kind.

#include <gtest/gtest.h>

#include <algorithm>

#include "graph/reader.h"
#include "graph/write_index.h"
#include "kv/counting_store.h"
#include "tests/graph/layout_fixture.h"
#include "tests/support/expect_error.h"

namespace skerry::graph {
namespace {

constexpr std::string_view all_layouts[] = {"apart",
                                            "apart(links=4)",
                                            "apart(vectors=4, links=16)",
                                            "apart(page, page)",
                                            "together",
                                            "together(items=4)",
                                            "together(items=page)",
                                            "apart(vectors=1000)",
                                            "apart(vectors=fit)"};

class LayoutContract : public LayoutFixture {
 protected:
  /// Ids and distances of 40 searches, and their work.
  struct Outcome {
    std::vector<std::vector<Hit>> hits;
    std::uint64_t distances = 0;
  };

  Outcome search(std::string_view index, std::string_view view) {
    const Reader reader(**store_, index, view);
    const auto searcher = reader.searcher();
    Outcome outcome{std::vector<std::vector<Hit>>(40), 0};
    for (std::size_t q = 0; q < 40; ++q) searcher->search(vector(q), {10, 30}, outcome.hits[q]);
    outcome.distances = searcher->work().distances;
    return outcome;
  }

  void expect_same_graph(std::string_view index, const Outcome& expected) {
    const StoredIndex stored(**store_, index);
    expect_graph(stored);
    const Rows rows = stored.load_rows();
    for (Slot slot = 0; slot < count; ++slot) {
      const auto item = static_cast<Slot>(stored.ids().id_of(slot));
      ASSERT_TRUE(std::equal(rows[slot], rows[slot] + rows.row_bytes(), (*rows_)[item]));
    }
    for (const std::string_view view : views()) {
      const Outcome outcome = search(index, view);
      EXPECT_EQ(outcome.distances, expected.distances) << view;
      for (std::size_t q = 0; q < outcome.hits.size(); ++q) {
        ASSERT_EQ(outcome.hits[q].size(), expected.hits[q].size());
        for (std::size_t i = 0; i < outcome.hits[q].size(); ++i) {
          EXPECT_EQ(outcome.hits[q][i].id, expected.hits[q][i].id) << view;
          EXPECT_EQ(outcome.hits[q][i].distance, expected.hits[q][i].distance) << view;
        }
      }
    }
  }
};

TEST_P(LayoutContract, EveryLayoutAndOrderHoldsTheSameGraphAndGivesTheSameHits) {
  write_index(**store_, "plain", *rows_, *graph_);
  const Outcome expected = search("plain", "direct");
  int number = 0;
  for (const std::string_view layout : all_layouts) {
    for (const Order* order : orders()) {
      SCOPED_TRACE(std::string(layout) + " " + std::string(order->name()));
      const std::string name = "index" + std::to_string(number++);
      const Meta meta = write_index(**store_, name, *rows_, *graph_,
                                    {.layout = Layout::parse(layout), .order = order});
      EXPECT_NE(meta.layout.rows_per_value, Layout::page);
      EXPECT_NE(meta.layout.rows_per_value, Layout::fit);
      EXPECT_NE(meta.layout.lists_per_value, Layout::page);
      expect_same_graph(name, expected);
    }
  }
}

TEST_P(LayoutContract, TransactionsWriteWhatOneBulkLoadWrites) {
  write_index(**store_, "plain", *rows_, *graph_);
  const Outcome expected = search("plain", "direct");
  int number = 0;
  for (const std::string_view via : {"transactions(50)", "transactions"}) {
    for (const std::string_view layout : {"apart", "apart(vectors=4, links=3)", "together"}) {
      const std::string name = "index" + std::to_string(number++);
      write_index(
          **store_, name, *rows_, *graph_,
          {.layout = Layout::parse(layout), .order = &order("bfs"), .via = Via::parse(via)});
      expect_same_graph(name, expected);
    }
  }
}

TEST_P(LayoutContract, ValuesThatHoldMoreAreReadLessOften) {
  const auto gets = [&](std::string_view name, std::string_view layout) {
    write_index(**store_, name, *rows_, *graph_,
                {.layout = Layout::parse(layout), .order = &order("cluster")});
    const auto counting = kv::count(**store_);
    const Reader reader(*counting, name, "direct");
    const auto searcher = reader.searcher();
    counting->reset();
    std::vector<Hit> hits;
    for (std::size_t q = 0; q < 40; ++q) searcher->search(vector(q), {10, 30}, hits);
    return counting->counts().gets;
  };
  EXPECT_LT(gets("sixteen", "apart(vectors=16)"), gets("one", "apart"));
}

TEST_P(LayoutContract, ADamagedSharedValueIsNamedByEveryReaderOfIt) {
  write_index(**store_, "main", *rows_, *graph_, {.layout = Layout::parse("apart(links=4)")});
  const Slot slot = graph_->links(0, 0)[0];
  const LinkKey key(0, slot / 4);
  const kv::TableId table = (*store_)->table("main.links");
  const auto transaction = (*store_)->begin();
  ASSERT_EQ(transaction->put(table, key.bytes, as_bytes("\x02\x02\x02")), Code::ok);
  transaction->commit(kv::Durability::process);
  support::expect_error(Code::corrupt, {"main.links", to_hex(key.bytes)},
                        [&] { StoredIndex(**store_, "main").load_graph(); });
  support::expect_error(Code::corrupt, {"main.links"}, [&] {
    const Reader reader(**store_, "main", "direct");
    const auto searcher = reader.searcher();
    std::vector<Hit> hits;
    for (std::size_t q = 0; q < count; ++q) searcher->search(vector(q), {10, 100}, hits);
  });
}

TEST_P(LayoutContract, ADamagedTableOfIdsIsRefusedWhereItIsRead) {
  write_index(**store_, "main", *rows_, *graph_, {.order = &order("bfs")});
  const kv::TableId table = (*store_)->table("main.ids");
  auto transaction = (*store_)->begin();
  ASSERT_EQ(transaction->put(table, IdBlockKey(0).bytes, as_bytes("short")), Code::ok);
  ASSERT_EQ(transaction->put(table, ItemKey(7).bytes, as_bytes("\xff\xff\xff\xff")), Code::ok);
  transaction->commit(kv::Durability::process);
  const StoredIndex index(**store_, "main");
  support::expect_error(Code::corrupt, {"main.ids"}, [&] { index.ids().id_of(0); });
  support::expect_error(Code::corrupt, {"main.ids"}, [&] { index.ids().load(); });
  support::expect_error(Code::corrupt, {"main.ids"}, [&] { index.ids().slot_of(7); });
}

INSTANTIATE_TEST_SUITE_P(AllStores, LayoutContract, testing::ValuesIn(store_subjects()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace skerry::graph
