// What filtered queries find and what they cost, over selectivity and correlation.

#include "graph/filtered_search.h"

#include <gtest/gtest.h>

#include <array>
#include <roaring/roaring64map.hh>

#include "graph/plan_query.h"
#include "graph/writer.h"
#include "tests/graph/query_fixture.h"

namespace skerry::graph {
namespace {

constexpr std::size_t items = 4000;
constexpr std::size_t queries = 25;
constexpr std::size_t k = 10;
constexpr std::size_t ef = 100;

/// Vectors of the index are also the queries' law, but not the queries.
struct Setting {
  QueryIndex index{items};
  Reader reader = index.reader();
  std::vector<float> queries_ = uniform_vectors(queries, QueryIndex::dimension, 99);

  Bytes query(std::size_t q) const {
    return std::as_bytes(std::span(queries_)).subspan(q * 32, 32);
  }
};

const Setting& setting() {
  static const Setting setting;
  return setting;
}

enum class Correlation { random, near, far };

/// The ids that pass: drawn, or the nearest or farthest from the query.
Roaring64Map passing(double share, Correlation correlation, std::size_t q) {
  const std::vector<Neighbor> order =
      exact_search(setting().index.rows(), setting().query(q), items);
  const auto wanted = static_cast<std::size_t>(share * items);
  Roaring64Map ids;
  for (std::size_t i = 0; i < items; ++i) {
    const bool passes = correlation == Correlation::random ? Random(hash64(q, i)).unit() < share
                        : correlation == Correlation::near ? i < wanted
                                                           : i >= items - wanted;
    if (passes) ids.add(std::uint64_t{order[i].slot});
  }
  return ids;
}

struct Sums {
  double recall = 0;
  double distances = 0;
  double price = 0;  // at the planner's prices: a time that is the same on every machine
};

class FilteredCell : public testing::TestWithParam<std::tuple<double, Correlation>> {
 protected:
  Sums measure(Way way) const {
    const auto [share, correlation] = GetParam();
    const auto searcher = setting().reader.searcher();
    const std::size_t row_bytes = setting().index.rows().row_bytes();
    const QueryCosts costs = QueryCosts::of_view("frozen", row_bytes, row_bytes);
    Sums sums;
    for (std::size_t q = 0; q < queries; ++q) {
      const Roaring64Map ids = passing(share, correlation, q);
      const Filter filter = setting().reader.filter(ids);
      const QueryResult result = searcher->by_vector(
          setting().query(q), {.k = k, .ef = ef, .filter = &filter, .way = way});
      const std::vector<ItemId> truth = setting().index.nearest(
          setting().query(q), k, [&](ItemId id) { return ids.contains(id); });
      sums.recall += recall_of(ids_of(result.hits), truth) / queries;
      const auto distances = static_cast<double>(result.work.distances);
      sums.distances += distances / queries;
      sums.price +=
          (result.way == Way::scan ? costs.scanned * distances : costs.of(result.work)) / queries;
    }
    return sums;
  }
};

TEST_P(FilteredCell, IsFoundAtAboutTheCostOfTheBestWay) {
  const Sums chosen = measure(Way::automatic);
  EXPECT_GE(chosen.recall, 0.95);
  double best = std::numeric_limits<double>::infinity();
  for (const Way way : {Way::walk, Way::two_hop, Way::scan}) {
    const Sums sums = measure(way);
    if (sums.recall >= 0.95) best = std::min(best, sums.price);
  }
  EXPECT_LE(chosen.price, 1.25 * best);
  EXPECT_LE(chosen.distances, 1.1 * measure(Way::scan).distances);
}

INSTANTIATE_TEST_SUITE_P(Cells, FilteredCell,
                         testing::Combine(testing::Values(0.5, 0.1, 0.01, 0.001),
                                          testing::Values(Correlation::random, Correlation::near,
                                                          Correlation::far)));

TEST(FilteredSearch, FindsItsWayThroughDeletedItemsAndNeverReturnsThem) {
  const auto store = kv::open_store("memory", {});
  IndexOptions options;
  options.metric = "euclidean";
  options.dimension = QueryIndex::dimension;
  options.build.repair = "tombstone";
  Writer::create(*store, "main", options);
  Writer writer(*store, "main");
  for (ItemId id = 0; id < 500; ++id) writer.add(1000 + id, setting().index.vector(id));
  writer.build();
  for (ItemId id = 0; id < 500; id += 2) writer.erase(1000 + id);
  writer.build();
  for (const std::string_view view : view_names()) {
    const Reader reader(*store, "main", view);
    ASSERT_EQ(reader.meta().items, 250U);
    const auto searcher = reader.searcher();
    Roaring64Map ids;
    for (std::uint64_t id = 1000; id < 1250; ++id) ids.add(id);
    const Filter half = reader.filter(ids);
    EXPECT_EQ(half.exact_count(), 125U);
    EXPECT_EQ(reader.filter([](ItemId id) { return id < 1250; }).exact_count(), 125U);
    for (std::size_t q = 0; q < queries; ++q) {
      for (const Way way : {Way::automatic, Way::walk, Way::two_hop, Way::scan}) {
        for (const Filter* filter : {static_cast<const Filter*>(nullptr), &half}) {
          const QueryResult result = searcher->by_vector(
              setting().query(q), {.k = 20, .ef = 250, .filter = filter, .way = way});
          const std::vector<ItemId> truth = setting().index.nearest(
              setting().query(q), 20,
              [&](ItemId id) { return id < (filter != nullptr ? 250 : 500) && id % 2 == 1; });
          ASSERT_EQ(result.hits.size(), 20U) << view << name(way);
          for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(result.hits[i].id, 1000 + truth[i]);
        }
      }
      for (const Hit& hit : searcher->within(setting().query(q), {.radius = 0.6}).hits) {
        EXPECT_EQ(hit.id % 2, 1U);
      }
    }
    EXPECT_EQ(searcher->by_item(1000, {}), std::nullopt);
    EXPECT_EQ(searcher->by_item(1001, {.k = 500})->hits.size(), 249U);
    std::size_t all = 0;
    const auto nearest = reader.iterate(setting().query(0), {});
    for (QueryResult batch; !batch.fewer_than_k; all += batch.hits.size())
      batch = nearest->next(30);
    EXPECT_EQ(all, 250U);
  }
}

}  // namespace
}  // namespace skerry::graph
