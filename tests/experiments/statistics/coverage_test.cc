#include <gtest/gtest.h>

#include <numeric>

#include "experiments/statistics/bootstrap.h"
#include "experiments/statistics/t_interval.h"
#include "tests/experiments/statistics/draw.h"

namespace skerry::experiments {
namespace {

constexpr int trials = 2000;

Statistic mean_of(const std::vector<double>& values) {
  return [&](std::span<const std::uint32_t> places) {
    double sum = 0;
    for (const std::uint32_t place : places) sum += values[place];
    return sum / static_cast<double>(places.size());
  };
}

bool covers(const std::optional<Interval>& interval, double truth) {
  return interval && interval->low <= truth && truth <= interval->high;
}

struct Coverage {
  double t = 0;
  double bootstrap = 0;
};

/// The share of intervals that hold the mean of the normal distribution that `count` values come
/// from.
Coverage coverage_over(std::size_t count) {
  Random random(20240607);
  int t = 0;
  int bootstrap = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const std::vector<double> values = draw_normals(random, count, 5);
    t += covers(t_interval(values), 5) ? 1 : 0;
    const Resampling resampling{.count = 1000, .seed = random.bits()};
    bootstrap += covers(bootstrap_interval(count, mean_of(values), resampling), 5) ? 1 : 0;
  }
  return {static_cast<double>(t) / trials, static_cast<double>(bootstrap) / trials};
}

// Four standard errors of 2000 trials are 0.02 at 95 % and 0.04 at 75 %.
TEST(Coverage, OverThreeSeedsTheTIntervalHoldsWhatItPromisesAndTheBootstrapDoesNot) {
  const Coverage coverage = coverage_over(3);
  EXPECT_NEAR(coverage.t, 0.95, 0.02);
  EXPECT_NEAR(coverage.bootstrap, 0.75, 0.04);
}

TEST(Coverage, OverManyQueriesTheBootstrapHoldsWhatItPromises) {
  const Coverage coverage = coverage_over(100);
  EXPECT_NEAR(coverage.bootstrap, 0.94, 0.02);
}

// Differences of two methods: graphs vary, queries vary, and queries vary from graph to graph.
TEST(Coverage, IntervalsOfSeedsAndQueriesCombinedHoldTheTruth) {
  constexpr std::size_t seeds = 3;
  constexpr std::size_t queries = 60;
  Random random(7);
  int held = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    const std::vector<double> of_query = draw_normals(random, queries);
    std::vector<double> by_seed(seeds);
    std::vector<double> by_query(queries);
    for (double& seed_mean : by_seed) {
      const double of_seed = 0.1 * draw_normal(random);
      for (std::size_t query = 0; query < queries; ++query) {
        const double value = of_seed + of_query[query] + draw_normal(random);
        seed_mean += value / queries;
        by_query[query] += value / seeds;
      }
    }
    const auto over_queries =
        bootstrap_interval(queries, mean_of(by_query), {.count = 500, .seed = random.bits()});
    const double mean = std::accumulate(by_seed.begin(), by_seed.end(), 0.0) / seeds;
    held += covers(combine(mean, *over_queries, *t_interval(by_seed)), 0) ? 1 : 0;
  }
  EXPECT_GE(held, 940);
}

TEST(Bootstrap, EqualSeedsGiveEqualIntervalsOnAnyNumberOfThreads) {
  Random random(3);
  const std::vector<double> values = draw_normals(random, 50);
  const auto interval = [&](std::uint64_t seed, unsigned threads) {
    return *bootstrap_interval(values.size(), mean_of(values),
                               {.count = 999, .seed = seed, .threads = threads});
  };
  const Interval one = interval(1, 1);
  EXPECT_EQ(one.low, interval(1, 4).low);
  EXPECT_EQ(one.high, interval(1, 4).high);
  EXPECT_NE(one.low, interval(2, 1).low);
}

TEST(Bootstrap, AStatisticThatManyResamplesLackHasNoInterval) {
  const auto lacking = [](std::uint32_t units) {
    return [units](std::span<const std::uint32_t> places) {
      return places[0] < units ? std::nan("") : 1.0;
    };
  };
  EXPECT_TRUE(bootstrap_interval(1000, lacking(2), {}));
  EXPECT_FALSE(bootstrap_interval(1000, lacking(20), {}));
}

TEST(Bootstrap, OneUnitHasNoInterval) {
  EXPECT_FALSE(bootstrap_interval(1, [](std::span<const std::uint32_t>) { return 0.0; }, {}));
}

}  // namespace
}  // namespace skerry::experiments
