// Reader::Searcher::within(), Reader::iterate() and the queries in batches.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <limits>
#include <roaring/roaring64map.hh>
#include <set>

#include "graph/nearest_items.h"
#include "tests/graph/query_fixture.h"
#include "tests/support/expect_error.h"

namespace skerry::graph {
namespace {

const QueryIndex& index_of_3000() {
  static const QueryIndex index(3000);
  return index;
}

bool even(ItemId id) { return id % 2 == 0; }

/// All accepted ids within a radius.
std::set<ItemId> inside(const QueryIndex& index, Bytes query, double radius,
                        const std::function<bool(ItemId)>& accepts) {
  std::set<ItemId> ids;
  for (const Neighbor& neighbor : exact_search(index.rows(), query, index.rows().size())) {
    if (index.rows().metric().reported(neighbor.distance) <= radius && accepts(neighbor.slot)) {
      ids.insert(neighbor.slot);
    }
  }
  return ids;
}

TEST(Within, FindsNearlyAllItemsInTheRadiusAndNoneBeyondItInEveryView) {
  const QueryIndex& index = index_of_3000();
  for (const std::string_view view : view_names()) {
    const Reader reader = index.reader(view);
    const Filter filter = reader.filter(even);
    const auto searcher = reader.searcher();
    for (const double radius : {0.05, 0.3, 0.5, 0.8}) {
      std::size_t found = 0;
      std::size_t due = 0;
      for (std::size_t q = 0; q < 20; ++q) {
        const QueryResult result =
            searcher->within(index.vector(q), {.radius = radius, .filter = &filter});
        const std::set<ItemId> truth = inside(index, index.vector(q), radius, even);
        std::set<ItemId> seen;
        double last = 0;
        for (const Hit& hit : result.hits) {
          EXPECT_TRUE(truth.count(hit.id)) << hit.id;
          EXPECT_TRUE(seen.insert(hit.id).second) << hit.id;
          EXPECT_GE(hit.distance, last);
          last = hit.distance;
        }
        found += seen.size();
        due += truth.size();
      }
      EXPECT_GE(static_cast<double>(found), 0.98 * static_cast<double>(due)) << view << radius;
    }
  }
}

TEST(Within, ExactMissesNothing) {
  const QueryIndex& index = index_of_3000();
  const Reader reader = index.reader();
  const Filter filter = reader.filter(even);
  const QueryResult result =
      reader.searcher()->within(index.vector(4), {.radius = 0.7, .exact = true, .filter = &filter});
  EXPECT_TRUE(result.exact);
  EXPECT_EQ(result.scan, ScanReason::asked);
  const std::vector<ItemId> ids = ids_of(result.hits);
  EXPECT_EQ(std::set<ItemId>(ids.begin(), ids.end()), inside(index, index.vector(4), 0.7, even));
}

TEST(Within, ASmallRadiusCostsNoMoreThanASearch) {
  const QueryIndex& index = index_of_3000();
  const Reader reader = index.reader();
  const auto searcher = reader.searcher();
  const QueryResult nothing = searcher->within(index.vector(4), {.radius = 0.01, .ef = 10});
  EXPECT_EQ(ids_of(nothing.hits), std::vector<ItemId>{4});
  EXPECT_LT(nothing.work.distances, 600U);
}

TEST(Within, StopsAtALimitAndSaysSo) {
  const QueryIndex& index = index_of_3000();
  const Reader reader = index.reader();
  const auto searcher = reader.searcher();
  for (const bool exact : {false, true}) {
    const QueryResult result = searcher->within(
        index.vector(4), {.radius = 1, .exact = exact, .limits = {.distances = 300}});
    EXPECT_EQ(result.stopped, Stopped::distances);
    EXPECT_LE(result.work.distances, 300U);
    EXPECT_FALSE(result.exact);
    EXPECT_FALSE(result.hits.empty());
  }
}

TEST(Within, RefusesARadiusOrSlackThatIsNone) {
  const Reader reader = index_of_3000().reader();
  const auto searcher = reader.searcher();
  const auto refused = [&](const RangeOptions& options, std::string_view word) {
    support::expect_error(Code::invalid_argument, {word},
                          [&] { searcher->within(index_of_3000().vector(0), options); });
  };
  refused({.radius = std::nan("")}, "radius");
  refused({.radius = std::numeric_limits<double>::infinity()}, "radius");
  refused({.radius = 1, .slack = -0.1}, "slack");
  refused({.radius = 1, .ef = 0}, "ef is 0");
}

RC_GTEST_PROP(IterateProperty, GivesEveryAcceptedItemOnceInTheEnd, ()) {
  static const QueryIndex index(600);
  const auto items = *rc::gen::container<std::set<ItemId>>(rc::gen::inRange<ItemId>(0, 600));
  const auto q = *rc::gen::inRange<std::size_t>(0, 600);
  const auto ef = *rc::gen::inRange<std::size_t>(1, 80);
  const auto limit = *rc::gen::elementOf(std::vector<std::uint64_t>{0, 1, 37});
  const std::string_view view =
      *rc::gen::elementOf(std::vector<std::string_view>(view_names().begin(), view_names().end()));
  Roaring64Map ids;
  for (const ItemId id : items) ids.add(std::uint64_t{id});
  const Reader reader = index.reader(view);
  const Filter filter = reader.filter(ids);
  const auto nearest = reader.iterate(
      index.vector(q), {.ef = ef, .filter = &filter, .limits = {.distances = limit}});
  std::set<ItemId> seen;
  for (;;) {
    const auto count = *rc::gen::inRange<std::size_t>(1, 50);
    const QueryResult batch = nearest->next(count);
    RC_ASSERT(batch.hits.size() <= count);
    RC_ASSERT(limit == 0 || batch.work.distances <= limit);
    RC_ASSERT(std::is_sorted(batch.hits.begin(), batch.hits.end(),
                             [](const Hit& a, const Hit& b) { return a.distance < b.distance; }));
    for (const Hit& hit : batch.hits) RC_ASSERT(seen.insert(hit.id).second);
    if (batch.fewer_than_k && !batch.degraded()) break;
  }
  RC_ASSERT(seen == items);
}

TEST(Iterate, GivesTheNearestInOrderBatchByBatch) {
  const QueryIndex& index = index_of_3000();
  for (const std::string_view view : view_names()) {
    const Reader reader = index.reader(view);
    double recall = 0;
    for (std::size_t q = 0; q < 20; ++q) {
      const auto nearest = reader.iterate(index.vector(q), {.ef = 64});
      std::vector<ItemId> found;
      for (int batch = 0; batch < 10; ++batch) {
        for (const Hit& hit : nearest->next(10).hits) found.push_back(hit.id);
      }
      ASSERT_EQ(found.size(), 100U);
      const std::vector<ItemId> truth =
          index.nearest(index.vector(q), 100, [](ItemId) { return true; });
      recall += recall_of(found, truth) / 20;
    }
    EXPECT_GE(recall, 0.97) << view;
  }
}

TEST(Iterate, OfAFewItemsScansAndIsExact) {
  const QueryIndex& index = index_of_3000();
  const Reader reader = index.reader();
  const auto accepts = [](ItemId id) { return id % 100 == 7; };
  const Filter filter = reader.filter(Roaring64Map{});
  EXPECT_TRUE(reader.iterate(index.vector(0), {.filter = &filter})->next(5).hits.empty());
  Roaring64Map ids;
  for (std::uint64_t id = 7; id < 3000; id += 100) ids.add(id);
  const Filter few = reader.filter(ids);
  const auto nearest = reader.iterate(index.vector(0), {.filter = &few});
  const std::vector<ItemId> truth = index.nearest(index.vector(0), 30, accepts);
  const QueryResult first = nearest->next(20);
  EXPECT_TRUE(first.exact);
  EXPECT_EQ(ids_of(first.hits), std::vector<ItemId>(truth.begin(), truth.begin() + 20));
  const QueryResult last = nearest->next(20);
  EXPECT_EQ(ids_of(last.hits), std::vector<ItemId>(truth.begin() + 20, truth.end()));
  EXPECT_TRUE(last.fewer_than_k);
}

TEST(Iterate, EndsAScanThatALimitCutBeforeItGivesMoreAndIsThenInOrder) {
  const QueryIndex& index = index_of_3000();
  const Reader reader = index.reader();
  Roaring64Map ids;
  for (std::uint64_t id = 0; id < 3000; id += 30) ids.add(id);
  const Filter filter = reader.filter(ids);
  const auto nearest =
      reader.iterate(index.vector(7), {.ef = 1, .filter = &filter, .limits = {.distances = 60}});
  const QueryResult cut = nearest->next(2);
  EXPECT_EQ(cut.stopped, Stopped::distances);
  EXPECT_FALSE(cut.exact);
  const QueryResult rest = nearest->next(2);
  EXPECT_TRUE(rest.exact);
  const std::vector<ItemId> given = ids_of(cut.hits);
  const std::vector<ItemId> truth = index.nearest(index.vector(7), 2, [&](ItemId id) {
    return id % 30 == 0 && std::find(given.begin(), given.end(), id) == given.end();
  });
  EXPECT_EQ(ids_of(rest.hits), truth);
}

TEST(Iterate, RefusesWhatHasNoMeaning) {
  const QueryIndex& index = index_of_3000();
  const Reader reader = index.reader();
  support::expect_error(Code::invalid_argument, {"ef is 0"},
                        [&] { reader.iterate(index.vector(0), {.ef = 0}); });
  support::expect_error(Code::invalid_argument, {"8 components"},
                        [&] { reader.iterate(index.vector(0).first(4), {}); });
  support::expect_error(Code::invalid_argument, {"0 items"},
                        [&] { reader.iterate(index.vector(0), {})->next(0); });
}

TEST(Batches, AreTheSingleQueriesWhateverTheNumberOfThreads) {
  const QueryIndex& index = index_of_3000();
  const Reader reader = index.reader("memo");
  const Filter filter = reader.filter(even);
  const QueryOptions options{.k = 5, .filter = &filter, .limits = {.distances = 700}};
  std::vector<std::byte> vectors;
  std::vector<ItemId> ids;
  for (std::size_t q = 0; q < 100; ++q) {
    vectors.insert(vectors.end(), index.vector(q).begin(), index.vector(q).end());
    ids.push_back(q * 31);  // the last few are not there
  }
  const auto searcher = reader.searcher();
  for (const unsigned threads : {1U, 4U}) {
    const std::vector<QueryResult> by_vectors = reader.by_vectors(vectors, options, threads);
    const auto by_items = reader.by_items(ids, options, threads);
    ASSERT_EQ(by_vectors.size(), 100U);
    ASSERT_EQ(by_items.size(), 100U);
    for (std::size_t q = 0; q < 100; ++q) {
      const QueryResult expected = searcher->by_vector(index.vector(q), options);
      EXPECT_EQ(by_vectors[q].hits, expected.hits);
      EXPECT_EQ(by_vectors[q].work.distances, expected.work.distances);
      const auto item = searcher->by_item(ids[q], options);
      ASSERT_EQ(by_items[q].has_value(), item.has_value());
      EXPECT_EQ(item.has_value(), ids[q] < 3000);
      if (item) {
        EXPECT_EQ(by_items[q]->hits, item->hits);
      }
    }
  }
}

TEST(Batches, NameTheQueryThatCannotBeAnswered) {
  const QueryIndex& index = index_of_3000();
  const Reader reader = index.reader();
  std::vector<float> vectors(3 * QueryIndex::dimension, 0.5F);
  vectors[2 * QueryIndex::dimension] = std::numeric_limits<float>::quiet_NaN();
  const Bytes bytes = std::as_bytes(std::span(vectors));
  support::expect_error(Code::invalid_argument, {"query 2"},
                        [&] { reader.by_vectors(bytes, {}, 2); });
  support::expect_error(Code::invalid_argument, {"multiple of 32"},
                        [&] { reader.by_vectors(bytes.first(33), {}, 2); });
  support::expect_error(Code::invalid_argument, {"1..1024"},
                        [&] { reader.by_vectors(bytes, {}, 0); });
}

TEST(Batches, AreCancelledAndTellHowFarTheyAre) {
  const Reader reader = index_of_3000().reader();
  const std::vector<ItemId> ids(500, 1);
  std::vector<std::size_t> told;
  Progress progress;
  progress.report = [&](std::string_view, std::size_t done, std::size_t total) {
    EXPECT_EQ(total, 500U);
    told.push_back(done);
  };
  reader.by_items(ids, {}, 1, progress);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back(), 500U);
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
  const std::atomic<bool> cancel{true};
  progress.cancel = &cancel;
  support::expect_error(Code::cancelled, {"cancelled"},
                        [&] { reader.by_items(ids, {}, 2, progress); });
}

}  // namespace
}  // namespace skerry::graph
