// Layout `inline`: the graph, the hits and the work of layout `apart`, with fewer reads.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "graph/link_sizes.h"
#include "graph/reader.h"
#include "graph/verify_index.h"
#include "graph/write_index.h"
#include "kv/counting_store.h"
#include "tests/graph/layout_fixture.h"
#include "tests/graph/query_fixture.h"
#include "tests/graph/verify_fixture.h"

namespace skerry::graph {
namespace {

class InlineLayout : public LayoutFixture {
 protected:
  Meta write(std::string_view name, std::string_view layout, std::string_view encoding,
             std::string_view codec = "delta", std::string_view order_name = "insertion") {
    return write_index(**store_, name, *rows_, *graph_,
                       {.codec = &link_codec(codec),
                        .layout = Layout::parse(layout),
                        .encoding = &distance::encoding(encoding),
                        .order = &order(order_name)});
  }

  /// Hits and work of every kind of query.
  struct Outcome {
    std::vector<std::vector<Hit>> hits;
    std::vector<std::uint64_t> work;

    bool operator==(const Outcome&) const = default;
  };

  Outcome outcome(std::string_view index, std::string_view view, std::string_view traversal) {
    const Reader reader(**store_, index, ReaderOptions{.view = view, .traversal = traversal});
    const auto searcher = reader.searcher();
    const Filter some = reader.filter([](ItemId id) { return id % 5 < 2; });
    Outcome outcome;
    std::vector<Hit> hits;
    for (std::size_t q = 0; q < 6; ++q) {
      searcher->search(vector(q), {.k = 10, .ef = 30, .oversample = 2}, hits);
      outcome.hits.push_back(hits);
      for (const Way way : all_ways) {
        const QueryOptions options{.k = 5, .ef = 20, .filter = &some, .way = way};
        outcome.hits.push_back(searcher->by_vector(vector(q), options).hits);
      }
      outcome.hits.push_back(searcher->by_item(q, {.k = 5, .ef = 20})->hits);
      outcome.hits.push_back(searcher->within(vector(q), {.radius = 0.1, .ef = 20}).hits);
      outcome.hits.push_back(reader.iterate(vector(q), {.ef = 20})->next(15).hits);
    }
    const SearchWork& work = searcher->work();
    outcome.work = {work.distances, work.code_distances, work.hops, work.dangling};
    return outcome;
  }

  void expect_same(std::string_view name, std::string_view like, std::string_view traversal) {
    for (const std::string_view view : views()) {
      EXPECT_EQ(outcome(name, view, traversal), outcome(like, view, traversal))
          << view << " by " << traversal;
    }
  }

  void expect_sound(std::string_view name) {
    const IndexCheck check = verify_index(**store_, name);
    EXPECT_EQ(check.damages, 0U) << all_of(check);
    expect_graph(StoredIndex(**store_, name));
  }
};

TEST_P(InlineLayout, EveryViewAndCodecGivesTheHitsAndTheWorkOfApart) {
  write("apart", "apart", "i8");
  int number = 0;
  for (const LinkCodec* codec : link_codecs()) {
    SCOPED_TRACE(codec->name());
    const std::string name = "inline" + std::to_string(number++);
    EXPECT_EQ(write(name, "inline", "i8", codec->name()).layout.spec(), "inline");
    expect_same(name, "apart", "i8");
    expect_sound(name);
  }
}

TEST_P(InlineLayout, EveryEncodingGivesTheHitsAndTheWorkOfApart) {
  for (const distance::Encoding& encoding : distance::encodings()) {
    const std::string name(encoding.name);
    write("apart_" + name, "apart", name, "delta", "bfs");
    write("inline_" + name, "inline", name, "delta", "bfs");
    expect_same("inline_" + name, "apart_" + name, name);
    expect_same("inline_" + name, "apart_" + name, "f32");
    expect_sound("inline_" + name);
  }
}

TEST_P(InlineLayout, ListsLongerThanABlockOfCodesGiveTheHitsAndTheWorkOfApart) {
  BuildParameters wide = parameters(1, "closest");
  wide.bounds = {20, 70};
  wide.forward_links = 70;
  wide.ef_construction = 80;
  const Graph graph = build(*rows_, wide);
  std::size_t longest = 0;
  for (Slot slot = 0; slot < count; ++slot) {
    longest = std::max(longest, graph.links(0, slot).size());
  }
  ASSERT_GT(longest, 64U);
  for (const std::string_view layout : {"apart", "inline"}) {
    write_index(**store_, layout, *rows_, graph,
                {.layout = Layout::parse(layout), .encoding = &distance::encoding("rabitq")});
  }
  expect_same("inline", "apart", "rabitq");
}

TEST_P(InlineLayout, TransactionsWriteWhatOneBulkLoadWrites) {
  write_index(**store_, "index", *rows_, *graph_,
              {.layout = Layout::parse("inline"),
               .encoding = &distance::encoding("i8"),
               .via = Via::parse("transactions(50)")});
  expect_sound("index");
}

TEST_P(InlineLayout, AHopByCodesReadsOneRecord) {
  const auto gets_beyond = [&](std::string_view layout) {
    write(layout, layout, "i8");
    const auto counting = kv::count(**store_);
    const Reader reader(*counting, layout, ReaderOptions{.view = "direct", .traversal = "i8"});
    const auto searcher = reader.searcher();
    counting->reset();
    std::vector<Hit> hits;
    for (std::size_t q = 0; q < 40; ++q) searcher->search(vector(q), {10, 30}, hits);
    // Beside lists and exact rows only codes are read.
    return counting->counts().gets - searcher->work().hops - searcher->work().distances;
  };
  const std::uint64_t apart = gets_beyond("apart");
  const std::uint64_t inlined = gets_beyond("inline");
  // What is left are codes of entry points and of the levels above, where few items are.
  EXPECT_LT(10 * inlined, 3 * apart);
}

TEST_P(InlineLayout, LinkSizesDoNotCountTheCodesBesideLinks) {
  write("apart", "apart", "i8");
  write("inline", "inline", "i8");
  const StoredIndex apart(**store_, "apart");
  const StoredIndex index(**store_, "inline");
  std::uint64_t base_links = 0;
  for (Slot slot = 0; slot < count; ++slot) base_links += graph_->links(0, slot).size();
  const StoredSizes sizes = stored_sizes(index);
  const StoredSizes other = stored_sizes(apart);
  EXPECT_EQ(sizes.inline_code_bytes, base_links * index.encoder()->code_bytes());
  EXPECT_EQ(other.inline_code_bytes, 0U);
  EXPECT_EQ(sizes.links.records, other.links.records);
  // A byte more for each list of level 0: its size.
  EXPECT_EQ(sizes.links.value_bytes, other.links.value_bytes + count);
  EXPECT_EQ(sizes.codes.value_bytes, other.codes.value_bytes);
}

TEST_P(InlineLayout, AnEmptyIndexHasNoHits) {
  const Rows none(distance::metric("cosine"), dimension, 0);
  write_index(**store_, "empty", none, Graph(),
              {.layout = Layout::parse("inline"), .encoding = &distance::encoding("i8")});
  for (const std::string_view view : views()) {
    const Reader reader(**store_, "empty", ReaderOptions{.view = view, .traversal = "i8"});
    std::vector<Hit> hits;
    reader.searcher()->search(vector(0), {}, hits);
    EXPECT_TRUE(hits.empty()) << view;
  }
}

INSTANTIATE_TEST_SUITE_P(AllStores, InlineLayout, testing::ValuesIn(store_subjects()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace skerry::graph
