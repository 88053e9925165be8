#include "graph/query_limits.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>

#include "tests/graph/query_fixture.h"

namespace skerry::graph {
namespace {

TEST(LimitWatch, GrantsWhatIsLeftAndSaysWhenItIsNotAll) {
  SearchWork work;
  work.distances = 100;
  LimitWatch watch({.distances = 10}, work);
  EXPECT_EQ(watch.grant(7), 7U);
  work.distances += 7;
  EXPECT_EQ(watch.stopped(), Stopped::no);
  EXPECT_EQ(watch.grant(3), 3U);
  EXPECT_EQ(watch.stopped(), Stopped::no);
  EXPECT_EQ(watch.grant(4), 3U);
  EXPECT_EQ(watch.stopped(), Stopped::distances);
}

TEST(LimitWatch, TakesTheLargestLimitForNone) {
  SearchWork work;
  work.distances = 100;
  LimitWatch watch({.distances = ~std::uint64_t{0}}, work);
  EXPECT_EQ(watch.grant(1000000), 1000000U);
}

TEST(Limits, OfDistancesAreNeverExceededAndLabelled) {
  const Reader reader = small().reader();
  const auto searcher = reader.searcher();
  const Filter filter = reader.filter([](ItemId id) { return id % 2 == 0; });
  for (const Way way : all_ways) {
    std::uint64_t unlimited =
        searcher->by_vector(small().vector(9), {.filter = &filter, .way = way}).work.distances;
    for (std::uint64_t limit = 1; limit <= unlimited + 20; limit += 7) {
      const QueryResult result = searcher->by_vector(
          small().vector(9), {.filter = &filter, .way = way, .limits = {.distances = limit}});
      EXPECT_LE(result.work.distances, limit) << name(way);
      EXPECT_EQ(result.stopped, limit < unlimited ? Stopped::distances : Stopped::no)
          << name(way) << ' ' << limit << ' ' << unlimited;
      if (limit < unlimited) {
        EXPECT_FALSE(result.exact);
      }
      for (const Hit& hit : result.hits) EXPECT_EQ(hit.id % 2, 0U);
    }
  }
}

TEST(Limits, OfDistancesStillGiveTheBestThatWasSeen) {
  const Reader reader = small().reader();
  const QueryResult result = reader.searcher()->by_vector(
      small().vector(9), {.way = Way::scan, .limits = {.distances = 100}});
  EXPECT_EQ(ids_of(result.hits),
            small().nearest(small().vector(9), 10, [](ItemId id) { return id < 100; }));
}

TEST(Limits, ACancelledQueryGivesWhatItHas) {
  const Reader reader = small().reader();
  const std::atomic<bool> cancel{true};
  for (const Way way : all_ways) {
    const QueryResult result = reader.searcher()->by_vector(
        small().vector(9), {.way = way, .limits = {.cancel = &cancel}});
    EXPECT_EQ(result.stopped, Stopped::cancelled);
    EXPECT_TRUE(result.degraded());
    EXPECT_EQ(result.work.distances, 0U);
  }
}

TEST(Limits, ACancelThatComesDuringTheQueryEndsItEarly) {
  const Reader reader = small().reader();
  std::atomic<bool> cancel{false};
  int asked = 0;
  const Filter filter = reader.filter([&](ItemId) {
    if (++asked == 900) cancel = true;  // the first 600 are asked when the filter is made
    return true;
  });
  const QueryOptions options{
      .k = 600, .filter = &filter, .way = Way::walk, .limits = {.cancel = &cancel}};
  const QueryResult result = reader.searcher()->by_vector(small().vector(9), options);
  EXPECT_EQ(result.stopped, Stopped::cancelled);
  EXPECT_FALSE(result.hits.empty());
  EXPECT_LT(result.hits.size(), 600U);
}

TEST(Limits, OfTimeEndAQueryThatTakesLonger) {
  const Reader reader = small().reader();
  const QueryResult result = reader.searcher()->by_vector(
      small().vector(9), {.k = 600, .limits = {.time = std::chrono::nanoseconds(1)}});
  EXPECT_EQ(result.stopped, Stopped::time);
  const QueryResult slow = reader.searcher()->by_vector(
      small().vector(9), {.k = 600, .limits = {.time = std::chrono::hours(1)}});
  EXPECT_EQ(slow.stopped, Stopped::no);
  EXPECT_EQ(ids_of(slow.hits), small().nearest(small().vector(9), 600, everything));
}

}  // namespace
}  // namespace skerry::graph
