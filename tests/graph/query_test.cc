#include "graph/query.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <roaring/roaring64map.hh>
#include <set>

#include "graph/writer.h"
#include "tests/graph/query_fixture.h"
#include "tests/support/expect_error.h"

namespace skerry::graph {
namespace {

TEST(ByVector, WithoutAFilterIsTheSearchInResultsAndInCost) {
  for (const std::string_view view : view_names()) {
    const Reader reader = small().reader(view);
    const auto searcher = reader.searcher();
    for (std::size_t q = 0; q < 20; ++q) {
      std::vector<Hit> hits;
      const SearchWork before = searcher->work();
      searcher->search(small().vector(q), {.k = 10, .ef = 40}, hits);
      const std::uint64_t distances = searcher->work().distances - before.distances;
      const std::uint64_t hops = searcher->work().hops - before.hops;
      const QueryResult result =
          searcher->by_vector(small().vector(q), {.k = 10, .ef = 40, .way = Way::walk});
      EXPECT_EQ(result.hits, hits) << view;
      EXPECT_EQ(result.work.distances, distances) << view;
      EXPECT_EQ(result.work.hops, hops) << view;
    }
  }
}

TEST(ByVector, GivesEqualAnswersAndDistancesOnEveryStoreAndView) {
  std::vector<QueryResult> expected;
  for (const std::string_view store : {"memory", "lmdb", "rocksdb"}) {
    const QueryIndex index(600, store);
    for (const std::string_view view : view_names()) {
      if (!view_supported(view, index.store().traits().view_life)) continue;
      const Reader reader = index.reader(view);
      const Filter filter = reader.filter([](ItemId id) { return id % 3 == 0; });
      const auto searcher = reader.searcher();
      std::size_t at = 0;
      for (std::size_t q = 0; q < 10; ++q) {
        for (const Way way : {Way::walk, Way::two_hop, Way::scan}) {
          const QueryResult result =
              searcher->by_vector(index.vector(q), {.filter = &filter, .way = way});
          if (at == expected.size()) expected.push_back(result);
          EXPECT_EQ(result.hits, expected[at].hits) << store << view << name(way);
          EXPECT_EQ(result.work.distances, expected[at].work.distances) << store << view;
          ++at;
        }
      }
    }
  }
}

RC_GTEST_PROP(ByVectorProperty, ReturnsOnlyAcceptedItemsOnceNearestFirst, ()) {
  const auto items = *rc::gen::container<std::set<ItemId>>(rc::gen::inRange<ItemId>(0, 900));
  const auto k = *rc::gen::inRange<std::size_t>(1, 700);
  const auto ef = *rc::gen::inRange<std::size_t>(1, 100);
  const auto q = *rc::gen::inRange<std::size_t>(0, 600);
  const std::string_view view =
      *rc::gen::elementOf(std::vector<std::string_view>(view_names().begin(), view_names().end()));
  Roaring64Map ids;
  for (const ItemId id : items) ids.add(std::uint64_t{id});
  const auto accepts = [&](ItemId id) { return items.count(id) != 0; };
  const Reader reader = small().reader(view);
  const Filter filter = reader.filter(ids);
  const auto searcher = reader.searcher();
  for (const Way way : all_ways) {
    const QueryOptions options{.k = k, .ef = ef, .filter = &filter, .way = way};
    const QueryResult result = searcher->by_vector(small().vector(q), options);
    RC_ASSERT(result.hits.size() <= k);
    RC_ASSERT(result.fewer_than_k == (result.hits.size() < k));
    RC_ASSERT(!result.degraded());
    const std::vector<ItemId> found = ids_of(result.hits);
    RC_ASSERT(std::all_of(found.begin(), found.end(), accepts));
    RC_ASSERT(std::set<ItemId>(found.begin(), found.end()).size() == found.size());
    RC_ASSERT(std::is_sorted(result.hits.begin(), result.hits.end(),
                             [](const Hit& a, const Hit& b) { return a.distance < b.distance; }));
    if (way == Way::automatic) {
      RC_ASSERT(found.size() == std::min<std::size_t>(k, *filter.exact_count()));
    }
    if (result.exact) RC_ASSERT(found == small().nearest(small().vector(q), k, accepts));
  }
}

TEST(ByVector, OfAnEmptyFilterIsCompleteAndCostsNothing) {
  const Reader reader = small().reader();
  const Filter filter = reader.filter(Roaring64Map{});
  const QueryResult result = reader.searcher()->by_vector(small().vector(0), {.filter = &filter});
  EXPECT_TRUE(result.hits.empty());
  EXPECT_TRUE(result.exact);
  EXPECT_TRUE(result.fewer_than_k);
  EXPECT_FALSE(result.degraded());
  EXPECT_EQ(result.work.distances, 0U);
}

TEST(ByVector, OfAnEmptyIndexIsEmptyAndSoIsEveryOtherQuery) {
  const auto store = kv::open_store("memory", {});
  IndexOptions options;
  options.metric = "euclidean";
  options.dimension = QueryIndex::dimension;
  Writer::create(*store, "main", options);
  for (const std::string_view view : view_names()) {
    const Reader reader(*store, "main", view);
    const Filter filter = reader.filter(everything);
    const auto searcher = reader.searcher();
    for (const Way way : all_ways) {
      const QueryResult result =
          searcher->by_vector(small().vector(0), {.filter = &filter, .way = way});
      EXPECT_TRUE(result.hits.empty());
      EXPECT_TRUE(result.exact);
    }
    EXPECT_EQ(searcher->by_item(0, {}), std::nullopt);
    EXPECT_TRUE(searcher->within(small().vector(0), {.radius = 1}).hits.empty());
    const QueryResult batch = reader.iterate(small().vector(0), {})->next(3);
    EXPECT_TRUE(batch.hits.empty());
    EXPECT_TRUE(batch.fewer_than_k);
  }
}

TEST(ByVector, OfOneItemFindsItFromAnywhere) {
  const Reader reader = small().reader();
  const auto searcher = reader.searcher();
  for (ItemId id = 0; id < 600; id += 37) {
    Roaring64Map ids;
    ids.add(std::uint64_t{id});
    const Filter filter = reader.filter(ids);
    const QueryResult result =
        searcher->by_vector(small().vector(599 - id), {.k = 3, .filter = &filter});
    EXPECT_EQ(ids_of(result.hits), std::vector<ItemId>{id});
    EXPECT_TRUE(result.fewer_than_k);
  }
}

TEST(ByVector, TellsWhyItScans) {
  const Reader reader = small().reader();
  const auto searcher = reader.searcher();
  const Filter filter = reader.filter([](ItemId id) { return id < 300; });
  const auto reason = [&](QueryOptions options) {
    options.k = options.ef = 1;
    options.filter = &filter;
    const QueryResult result = searcher->by_vector(small().vector(1), options);
    EXPECT_EQ(result.exact, result.way == Way::scan);
    return result.scan;
  };
  EXPECT_EQ(reason({.way = Way::scan}), ScanReason::asked);
  EXPECT_EQ(reason({.linear_below = 300}), ScanReason::few_items);
  EXPECT_EQ(reason({.linear_below = 299}), ScanReason::none);
  EXPECT_EQ(reason({.linear_below_ratio = 0.5}), ScanReason::small_share);
  EXPECT_EQ(reason({.linear_below_ratio = 0.499}), ScanReason::none);
  const Filter few = reader.filter([](ItemId id) { return id < 20; });
  const QueryResult cheap = searcher->by_vector(small().vector(1), {.filter = &few});
  EXPECT_EQ(cheap.scan, ScanReason::cheaper);
  EXPECT_EQ(cheap.work.distances, 20U);
}

TEST(ByVector, AScanComparesTheAcceptedItemsOnly) {
  const Reader reader = small().reader();
  const Filter filter = reader.filter([](ItemId id) { return id % 10 == 0; });
  const QueryResult result =
      reader.searcher()->by_vector(small().vector(1), {.filter = &filter, .way = Way::scan});
  EXPECT_EQ(result.work.distances, 60U);
  EXPECT_EQ(result.work.hops, 0U);
}

TEST(ByVector, RefusesWhatHasNoMeaning) {
  const Reader reader = small().reader();
  const Reader other = small().reader();
  const auto searcher = reader.searcher();
  const auto refused = [&](QueryOptions options, std::string_view word) {
    support::expect_error(Code::invalid_argument, {word},
                          [&] { searcher->by_vector(small().vector(0), options); });
    support::expect_error(Code::invalid_argument, {word}, [&] { searcher->by_item(0, options); });
  };
  refused({.k = 0}, "k is 0");
  refused({.ef = 0}, "ef is 0");
  refused({.linear_below_ratio = 1.5}, "0..1");
  refused({.linear_below_ratio = std::nan("")}, "0..1");
  const Filter foreign = other.filter([](ItemId) { return true; });
  refused({.filter = &foreign}, "another reader");
  support::expect_error(Code::invalid_argument, {"8 components"},
                        [&] { searcher->by_vector(small().vector(0).first(4), {}); });
}

TEST(ByVector, LetsWhatAPredicateThrowsThroughAndGoesOnAfterwards) {
  struct Unhappy {};

  const Reader reader = small().reader();
  const auto searcher = reader.searcher();
  bool throws = false;
  const Filter filter = reader.filter([&](ItemId) { return throws ? throw Unhappy{} : true; });
  const QueryOptions options{.filter = &filter, .way = Way::walk};
  const QueryResult before = searcher->by_vector(small().vector(3), options);
  throws = true;
  EXPECT_THROW(searcher->by_vector(small().vector(3), options), Unhappy);
  throws = false;
  EXPECT_EQ(searcher->by_vector(small().vector(3), options).hits, before.hits);
}

TEST(ByItem, IsNulloptForAnUnknownId) {
  const Reader reader = small().reader();
  EXPECT_EQ(reader.searcher()->by_item(600, {}), std::nullopt);
  EXPECT_EQ(reader.searcher()->by_item(~ItemId{0}, {}), std::nullopt);
}

TEST(ByItem, GivesTheNearestOthersAndNeverItself) {
  for (const std::string_view order : {"insertion", "bfs"}) {
    const QueryIndex index(600, "memory", order);
    for (const std::string_view view : view_names()) {
      const Reader reader = index.reader(view);
      const auto searcher = reader.searcher();
      double recall = 0;
      for (ItemId id = 0; id < 100; ++id) {
        for (const Way way : all_ways) {
          const auto result = searcher->by_item(id, {.k = 10, .ef = 60, .way = way});
          ASSERT_TRUE(result);
          const std::vector<ItemId> truth =
              index.nearest(index.vector(id), 10, [&](ItemId other) { return other != id; });
          ASSERT_EQ(result->hits.size(), 10U);
          recall += recall_of(ids_of(result->hits), truth) / 400;
          if (result->exact) {
            EXPECT_EQ(ids_of(result->hits), truth);
          }
        }
      }
      EXPECT_GE(recall, 0.97) << view;
    }
  }
}

TEST(ByItem, GivesAllOthersWhenKIsLargerThanTheIndex) {
  const Reader reader = small().reader();
  const auto result = reader.searcher()->by_item(5, {.k = 5000});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->hits.size(), 599U);
  EXPECT_TRUE(result->fewer_than_k);
  for (const Hit& hit : result->hits) EXPECT_NE(hit.id, 5U);
}

TEST(ByItem, OfAFilterThatHoldsTheItemAloneIsEmpty) {
  const Reader reader = small().reader();
  Roaring64Map ids;
  ids.add(std::uint64_t{5});
  const Filter filter = reader.filter(ids);
  const auto result = reader.searcher()->by_item(5, {.filter = &filter});
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->hits.empty());
  EXPECT_TRUE(result->exact);
}

}  // namespace
}  // namespace skerry::graph
