#include "experiments/measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "graph/write_index.h"
#include "kv/counting_store.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"

namespace skerry::experiments {
namespace {

constexpr std::size_t dimension = 8;
constexpr std::size_t query_count = 400;
constexpr graph::SearchOptions options{.k = 10, .ef = 40};

/// An index of 2000 items in memory, and queries that are not among them.
class Measure : public testing::Test {
 protected:
  Measure() : store_(kv::open_store("memory", {})) {
    const std::vector<float> vectors = graph::uniform_vectors(2000, dimension, 1);
    const graph::Rows rows = graph::rows_of("euclidean", vectors, dimension);
    write_index(*store_, "main", rows, build(rows, graph::parameters()), {.seed = 1});
    const std::vector<float> queries = graph::uniform_vectors(query_count, dimension, 2);
    const Bytes bytes = std::as_bytes(std::span(queries));
    queries_ = {query_count, dimension, dimension * sizeof(float), {bytes.begin(), bytes.end()}};
  }

  std::unique_ptr<kv::Store> store_;
  Matrix queries_;
};

TEST_F(Measure, CountsOfManyThreadsAreThoseOfOneQueryAfterTheOther) {
  for (const std::string_view view : graph::view_names()) {
    const std::vector<CountedQuery> counted = count_pass(*store_, "main", view, options, queries_);
    const auto counting = kv::count(*store_);
    const graph::Reader reader(*counting, "main", view);
    const auto searcher = reader.searcher();
    std::vector<graph::Hit> hits;
    ASSERT_EQ(counted.size(), query_count);
    for (std::size_t i = 0; i < query_count; ++i) {
      const graph::SearchWork before = searcher->work();
      counting->reset();
      searcher->search(queries_.row(i), options, hits);
      ASSERT_EQ(counted[i].distances, searcher->work().distances - before.distances) << view << i;
      ASSERT_EQ(counted[i].hops, searcher->work().hops - before.hops) << view << i;
      ASSERT_EQ(counted[i].gets, counting->counts().gets) << view << i;
      ASSERT_EQ(counted[i].bytes, counting->counts().bytes_read) << view << i;
    }
  }
}

TEST_F(Measure, TheSearchThatIsTimedFindsWhatTheCountedOneFound) {
  for (const std::string_view view : graph::view_names()) {
    const std::vector<CountedQuery> counted = count_pass(*store_, "main", view, options, queries_);
    const graph::Reader reader(*store_, "main", view);
    const auto searcher = reader.searcher();
    std::vector<graph::Hit> hits;
    for (std::size_t i = 0; i < query_count; ++i) {
      searcher->search(queries_.row(i), options, hits);
      ASSERT_EQ(hits.size(), counted[i].ids.size());
      for (std::size_t j = 0; j < hits.size(); ++j) ASSERT_EQ(hits[j].id, counted[i].ids[j]);
    }
  }
}

TEST_F(Measure, LatenciesAreThoseOfThePassWhoseRateIsTheMedian) {
  const graph::Reader reader(*store_, "main");
  TimedPasses passes(options, queries_, 1);
  for (int i = 0; i < 5; ++i) passes.run(reader);
  // One thread answers one query after the other: the order of passes is that of their sums,
  // unless two are as good as equal.
  std::vector<std::pair<double, std::vector<std::uint32_t>>> by_sum(5);
  for (std::size_t query = 0; query < query_count; ++query) {
    const std::vector<std::uint32_t> times = passes.of(query);
    ASSERT_EQ(times.size(), 5U);
    for (std::size_t pass = 0; pass < 5; ++pass) {
      by_sum[pass].first += times[pass];
      by_sum[pass].second.push_back(times[pass]);
    }
  }
  const TimedPasses::Latency latency = passes.latency();
  const double median = 1e9 * query_count / passes.rate().median;
  bool found = false;
  for (auto& [sum, times] : by_sum) {
    std::sort(times.begin(), times.end());
    const auto at = [&](std::size_t rank) { return times[rank - 1] / 1e3; };
    if (at(200) != latency.p50 || at(380) != latency.p95 || at(396) != latency.p99) continue;
    // The clock is read twice a query; what lies between two queries is not theirs.
    EXPECT_LE(sum, median);
    EXPECT_GT(sum, 0.5 * median);
    found = true;
  }
  EXPECT_TRUE(found) << "the percentiles are of no single pass";
  EXPECT_LE(passes.rate().min, passes.rate().median);
  EXPECT_LE(passes.rate().median, passes.rate().max);
}

TEST_F(Measure, EveryQueryOfAPassOnSeveralThreadsIsTimed) {
  const graph::Reader reader(*store_, "main");
  TimedPasses passes(options, queries_, 3);
  passes.run(reader);
  for (std::size_t query = 0; query < query_count; ++query) {
    EXPECT_GT(passes.of(query).at(0), 0U) << query;
  }
}

}  // namespace
}  // namespace skerry::experiments
