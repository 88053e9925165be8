#include "experiments/measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

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
    write("main", 2000);
    const std::vector<float> queries = graph::uniform_vectors(query_count, dimension, 2);
    const Bytes bytes = std::as_bytes(std::span(queries));
    queries_ = {query_count, dimension, dimension * sizeof(float), {bytes.begin(), bytes.end()}};
  }

  void write(const char* index, std::size_t items) {
    const std::vector<float> vectors = graph::uniform_vectors(items, dimension, 1);
    const graph::Rows rows = graph::rows_of("euclidean", vectors, dimension);
    write_index(*store_, index, rows, build(rows, graph::parameters()), {.seed = 1});
  }

  std::unique_ptr<kv::Store> store_;
  Matrix queries_;
};

TEST_F(Measure, CountsOfManyThreadsAreThoseOfOneQueryAfterTheOther) {
  for (const std::string_view view : graph::view_names()) {
    const std::vector<CountedQuery> counted =
        count_pass(*store_, "main", {.view = view}, options, queries_).queries;
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
    const std::vector<CountedQuery> counted =
        count_pass(*store_, "main", {.view = view}, options, queries_).queries;
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
  // Searches of 20, 300 and 2000 items take unlike times, so that no two passes are alike.
  write("fast", 20);
  write("medium", 300);
  TimedPasses passes(options, queries_, 1);
  for (const char* index : {"medium", "fast", "main"}) {
    passes.run(graph::Reader(*store_, index, "direct"));
  }
  std::array<std::pair<double, std::vector<std::uint32_t>>, 3> sums;
  for (std::size_t query = 0; query < query_count; ++query) {
    const std::vector<std::uint32_t> times = passes.of(query);
    ASSERT_EQ(times.size(), sums.size());
    for (std::size_t pass = 0; pass < sums.size(); ++pass) {
      sums[pass].first += times[pass];
      sums[pass].second.push_back(times[pass]);
    }
  }
  std::sort(sums.begin(), sums.end());
  auto& [sum, times] = sums[1];
  std::sort(times.begin(), times.end());
  const TimedPasses::Latency latency = passes.latency();
  EXPECT_DOUBLE_EQ(latency.p50, times[199] / 1e3);
  EXPECT_DOUBLE_EQ(latency.p95, times[379] / 1e3);
  EXPECT_DOUBLE_EQ(latency.p99, times[395] / 1e3);
  // What lies between two queries belongs to the pass and to no query.
  EXPECT_GE(1e9 * query_count / passes.rate().median, sum);
  EXPECT_LE(passes.rate().min, passes.rate().median);
  EXPECT_LE(passes.rate().median, passes.rate().max);
}

}  // namespace
}  // namespace skerry::experiments
