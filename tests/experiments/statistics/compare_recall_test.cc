#include <gtest/gtest.h>

#include "experiments/statistics/comparison.h"
#include "tests/experiments/statistics/compared_folder.h"

namespace skerry::experiments {
namespace {

/// `share` of the queries miss one of ten, so recall is 1 - share / 10.
std::function<int(int)> missing_one(int percent) {
  return [=](int query) { return query % 100 < percent ? 9 : 10; };
}

/// Misses halve when ef doubles, and distances are 10 ef times `cost`: then
/// log(distances) is linear in log(1 - recall).
void add_curve(ComparedFolder& folder, const std::string& selection, int seed, double cost,
               double link_bytes = 30) {
  int percent = 80;
  for (const int ef : {10, 20, 40, 80}) {
    folder.add({.selection = selection,
                .seed = seed,
                .ef = ef,
                .hits = missing_one(percent),
                .distances = [=](int) { return static_cast<int>(1000 * ef * cost); },
                .qps = 1e6 / ef / cost,
                .link_bytes = link_bytes});
    percent /= 2;
  }
}

ComparisonRow row_at(const ComparedFolder& folder, double recall, std::string_view metric) {
  const Comparison comparison = compare(
      read_side(folder.path() + ":selection=hnsw"), read_side(folder.path() + ":selection=closest"),
      {.metrics = {&compare_metric(metric)}, .recalls = {recall}, .resampling = {.count = 1000}});
  EXPECT_EQ(comparison.rows.size(), 1U);
  return comparison.rows.at(0);
}

TEST(CompareRecall, BetweenPointsTheRatioIsExactOnALogLinearCurve) {
  ComparedFolder folder;
  add_curve(folder, "hnsw", 1, 1);
  add_curve(folder, "closest", 1, 1.5);
  const ComparisonRow row = row_at(folder, 0.97, "distances");
  EXPECT_NEAR(*row.a, 1000 * 10 * 0.08 / 0.03, 1e-6);
  EXPECT_NEAR(std::exp(*row.effect), 1.5, 1e-9);
  EXPECT_EQ(row.verdict, Verdict::worse);
}

TEST(CompareRecall, OneSeedHasTheBootstrapOverQueriesAndSaysSo) {
  ComparedFolder folder;
  add_curve(folder, "hnsw", 1, 1);
  add_curve(folder, "closest", 1, 1.5);
  const ComparisonRow row = row_at(folder, 0.97, "distances");
  EXPECT_TRUE(row.over_queries);
  EXPECT_FALSE(row.over_seeds);
  EXPECT_NE(row.note.find("1 seed"), std::string::npos) << row.note;
  EXPECT_FALSE(row_at(folder, 0.97, "qps").interval);
}

TEST(CompareRecall, SeveralSeedsHaveAnIntervalOfTOverTheirLogRatios) {
  ComparedFolder folder;
  const std::vector<double> costs = {1.5, 1.6, 1.7};
  for (int seed = 1; seed <= 3; ++seed) {
    add_curve(folder, "hnsw", seed, 1);
    add_curve(folder, "closest", seed, costs[static_cast<std::size_t>(seed - 1)]);
  }
  const ComparisonRow row = row_at(folder, 0.97, "qps");
  EXPECT_EQ(row.seeds, 3U);
  EXPECT_NEAR(std::exp(*row.effect), 1 / std::cbrt(1.5 * 1.6 * 1.7), 1e-9);
  double squares = 0;
  for (const double cost : costs) squares += std::pow(-std::log(cost) - *row.effect, 2);
  const double half = 4.30265 * std::sqrt(squares / 2 / 3);
  EXPECT_NEAR(row.interval->high - *row.effect, half, 1e-5);
  EXPECT_EQ(row.verdict, Verdict::worse);
}

TEST(CompareRecall, NothingIsSaidBeyondWhatEitherSideMeasured) {
  ComparedFolder folder;
  add_curve(folder, "hnsw", 1, 1);
  add_curve(folder, "closest", 1, 1.5);
  const ComparisonRow row = row_at(folder, 0.995, "distances");
  EXPECT_FALSE(row.effect);
  EXPECT_EQ(row.verdict, Verdict::unresolved);
  EXPECT_NE(row.note.find("A 0.9200..0.9900, B 0.9200..0.9900"), std::string::npos) << row.note;
}

TEST(CompareRecall, ASeedThatDoesNotReachTheRecallIsNotLeftOut) {
  ComparedFolder folder;
  for (int seed = 1; seed <= 2; ++seed) {
    add_curve(folder, "hnsw", seed, 1);
    add_curve(folder, "closest", seed, 1);
  }
  add_curve(folder, "hnsw", 3, 1);
  folder.add({.selection = "closest", .seed = 3, .ef = 10, .hits = missing_one(80)});
  folder.add({.selection = "closest", .seed = 3, .ef = 20, .hits = missing_one(40)});
  EXPECT_FALSE(row_at(folder, 0.98, "distances").effect);
  EXPECT_EQ(row_at(folder, 0.95, "distances").seeds, 3U);
}

TEST(CompareRecall, SizesAreThoseOfTheCurve) {
  ComparedFolder folder;
  for (int seed = 1; seed <= 2; ++seed) {
    add_curve(folder, "hnsw", seed, 1, 40 + 0.01 * seed);
    add_curve(folder, "closest", seed, 1, 20);
  }
  const ComparisonRow row = row_at(folder, 0.97, "link_bytes");
  EXPECT_NEAR(std::exp(*row.effect), 0.5, 0.001);
  EXPECT_EQ(row.verdict, Verdict::better);
}

TEST(CompareRecall, PointsOfACurveNeedNoPartner) {
  ComparedFolder folder;
  add_curve(folder, "hnsw", 1, 1);
  folder.add({.selection = "closest", .ef = 11, .hits = missing_one(80)});
  folder.add({.selection = "closest", .ef = 77, .hits = missing_one(10)});
  EXPECT_TRUE(row_at(folder, 0.97, "distances").effect);
}

}  // namespace
}  // namespace skerry::experiments
