#include <gtest/gtest.h>

#include "experiments/statistics/comparison.h"
#include "tests/experiments/statistics/compared_folder.h"
#include "tests/support/expect_error.h"

namespace skerry::experiments {
namespace {

/// Compares the selections hnsw (A) and closest (B) of a folder.
Comparison compare_selections(const ComparedFolder& folder, CompareOptions options = {}) {
  options.resampling = {.count = 2000};
  return compare(read_side(folder.path() + ":selection=hnsw"),
                 read_side(folder.path() + ":selection=closest"), options);
}

ComparisonRow row_of(const Comparison& comparison, std::string_view metric) {
  for (const ComparisonRow& row : comparison.rows) {
    if (row.metric->name == metric) return row;
  }
  ADD_FAILURE() << "no row of " << metric;
  return {};
}

/// One seed: closest finds one neighbour less for every second query, and compares 10 % less.
void add_clear_pair(ComparedFolder& folder, int seed = 1) {
  folder.add({.selection = "hnsw", .seed = seed, .graph = "a"});
  folder.add({.selection = "closest",
              .seed = seed,
              .graph = "b",
              .hits = [](int query) { return 8 + query % 2; },
              .distances = [](int query) { return 359 + query % 3; }});
}

TEST(CompareSettings, ClearDifferencesAreWorseAndBetterByDirection) {
  ComparedFolder folder;
  add_clear_pair(folder);
  const Comparison comparison = compare_selections(folder);
  const ComparisonRow recall = row_of(comparison, "recall");
  EXPECT_EQ(recall.verdict, Verdict::worse);
  EXPECT_NEAR(*recall.effect, -0.05, 1e-12);
  EXPECT_NEAR(*recall.a, 0.9, 1e-12);
  EXPECT_NEAR(recall.interval->low, -0.05 - 1.96 * 0.05 / std::sqrt(200), 0.001);
  const ComparisonRow distances = row_of(comparison, "distances");
  EXPECT_EQ(distances.verdict, Verdict::better);
  EXPECT_NEAR(std::exp(*distances.effect), 0.9, 0.001);
}

TEST(CompareSettings, TheContrastIsTheColumnInWhichTheSidesShareNoValue) {
  ComparedFolder folder;
  add_clear_pair(folder);
  const Comparison comparison = compare_selections(folder);
  ASSERT_EQ(comparison.contrasts.size(), 1U);
  EXPECT_EQ(comparison.contrasts[0].column, "selection");
  EXPECT_EQ(comparison.contrasts[0].a, "hnsw");
  EXPECT_EQ(comparison.contrasts[0].b, "closest");
}

TEST(CompareSettings, SmallDifferencesWithinTheMarginAreEquivalent) {
  ComparedFolder folder;
  folder.add({.selection = "hnsw"});
  folder.add(
      {.selection = "closest", .distances = [](int query) { return query % 2 == 0 ? 399 : 402; }});
  const Comparison comparison = compare_selections(folder);
  EXPECT_EQ(row_of(comparison, "distances").verdict, Verdict::equivalent);
}

TEST(CompareSettings, DifferencesThatScatterAroundZeroAreUnresolved) {
  ComparedFolder folder;
  folder.add({.selection = "hnsw"});
  folder.add(
      {.selection = "closest", .distances = [](int query) { return query % 2 == 0 ? 200 : 605; }});
  const ComparisonRow row = row_of(compare_selections(folder), "distances");
  EXPECT_EQ(row.verdict, Verdict::unresolved);
  EXPECT_LT(row.interval->low, 0);
  EXPECT_GT(row.interval->high, 0);
}

TEST(CompareSettings, OfOtherGraphsNoMissAtAllProvesNoMoreThanTheRuleOfThree) {
  ComparedFolder folder;
  folder.add({.selection = "hnsw", .graph = "a", .hits = [](int) { return 10; }});
  folder.add({.selection = "closest", .graph = "b", .hits = [](int) { return 10; }});
  const ComparisonRow row = row_of(compare_selections(folder), "recall");
  EXPECT_DOUBLE_EQ(row.interval->high, 3.0 / ComparedFolder::queries);
  EXPECT_EQ(row.verdict, Verdict::unresolved);
}

TEST(CompareSettings, OfOneGraphEqualRecallIsExactlyEqual) {
  ComparedFolder folder;
  folder.add({.selection = "hnsw"});
  folder.add({.selection = "closest"});
  const ComparisonRow row = row_of(compare_selections(folder), "recall");
  EXPECT_EQ(row.interval->low, 0);
  EXPECT_EQ(row.interval->high, 0);
  EXPECT_EQ(row.verdict, Verdict::equivalent);
}

// The seeds' differences are -0.15, 0 and +0.15: for each graph clear, for graphs of the kind not.
TEST(CompareSettings, SeedsThatDisagreeKeepACleanDifferenceOverQueriesFromBeingAVerdict) {
  ComparedFolder folder;
  for (int seed = 1; seed <= 3; ++seed) {
    folder.add({.selection = "hnsw", .seed = seed, .graph = "a", .hits = [](int) { return 8; }});
    folder.add({.selection = "closest", .seed = seed, .graph = "b", .hits = [=](int query) {
                  return 8 + (seed - 2) + (query % 2) * (seed - 2) + (query % 4 == 0 ? 1 : 0);
                }});
  }
  const ComparisonRow row = row_of(compare_selections(folder), "recall");
  EXPECT_EQ(row.seeds, 3U);
  EXPECT_GT(row.over_queries->low, 0);
  EXPECT_LT(row.over_seeds->low, 0);
  EXPECT_LT(row.interval->low, row.over_seeds->low);
  EXPECT_GT(*row.p, 0.05);
  EXPECT_EQ(row.verdict, Verdict::unresolved);
}

TEST(CompareSettings, SeedsThatAgreeGiveAVerdictOnGraphsOfTheKind) {
  ComparedFolder folder;
  for (int seed = 1; seed <= 3; ++seed) add_clear_pair(folder, seed);
  const ComparisonRow row = row_of(compare_selections(folder), "recall");
  EXPECT_EQ(row.seeds, 3U);
  EXPECT_EQ(row.verdict, Verdict::worse);
}

TEST(CompareSettings, ATimedDifferenceBelowTheNoiseFloorIsMarkedAndIsNoVerdict) {
  ComparedFolder folder;
  for (int seed = 1; seed <= 3; ++seed) {
    folder.add({.selection = "hnsw", .seed = seed, .qps = 1000});
    folder.add({.selection = "closest", .seed = seed, .qps = 1080.0 + seed});
  }
  const ComparisonRow sure = row_of(compare_selections(folder), "qps");
  EXPECT_EQ(sure.verdict, Verdict::better);
  EXPECT_FALSE(sure.noise);
  folder.add_repeat({.selection = "hnsw"}, 1100);
  const Comparison comparison = compare_selections(folder);
  const ComparisonRow hidden = row_of(comparison, "qps");
  EXPECT_TRUE(hidden.hidden);
  EXPECT_EQ(hidden.verdict, Verdict::unresolved);
  EXPECT_NE(comparison.notes[0].find("10.0 % at most"), std::string::npos) << comparison.notes[0];
}

TEST(CompareSettings, TimesOfOneSeedHaveNoVerdictUntilTheNoiseIsKnown) {
  ComparedFolder folder;
  folder.add({.selection = "hnsw", .qps = 1000});
  folder.add({.selection = "closest", .qps = 1500});
  const ComparisonRow unknown = row_of(compare_selections(folder), "latency");
  EXPECT_TRUE(unknown.interval);
  EXPECT_EQ(unknown.verdict, Verdict::unresolved);
  EXPECT_EQ(unknown.note, "noise not known");
  folder.add_repeat({.selection = "hnsw"}, 1010);
  EXPECT_EQ(row_of(compare_selections(folder), "latency").verdict, Verdict::better);
}

TEST(CompareSettings, CountsThatDifferWhenMeasuredAgainAreReportedLoudly) {
  ComparedFolder folder;
  add_clear_pair(folder);
  folder.add_repeat({.selection = "hnsw", .distances = [](int) { return 401; }}, 1000);
  const Comparison comparison = compare_selections(folder);
  ASSERT_GE(comparison.notes.size(), 2U);
  EXPECT_EQ(comparison.notes[1].rfind("WARNING", 0), 0U) << comparison.notes[1];
}

TEST(CompareSettings, WithoutRowsASingleSeedHasNoInterval) {
  ComparedFolder folder;
  add_clear_pair(folder);
  std::filesystem::remove_all(std::filesystem::path(folder.path()) / "queries");
  const ComparisonRow row = row_of(compare_selections(folder), "recall");
  EXPECT_NEAR(*row.effect, -0.05, 1e-12);
  EXPECT_FALSE(row.interval);
  EXPECT_FALSE(row.p);
  EXPECT_EQ(row.verdict, Verdict::unresolved);
}

TEST(CompareSettings, PointsWithoutAPartnerAreLeftOutAndCounted) {
  ComparedFolder folder;
  add_clear_pair(folder);
  folder.add({.selection = "hnsw", .ef = 64});
  folder.add({.selection = "hnsw", .seed = 2});
  const Comparison comparison = compare_selections(folder);
  EXPECT_EQ(comparison.left_out_a, 2U);
  EXPECT_EQ(comparison.left_out_b, 0U);
  EXPECT_EQ(row_of(comparison, "recall").seeds, 1U);
}

TEST(CompareSettings, PIsAdjustedForAllRows) {
  ComparedFolder folder;
  add_clear_pair(folder);
  const Comparison comparison = compare_selections(folder);
  const ComparisonRow row = row_of(comparison, "recall");
  EXPECT_GT(*row.p_holm, *row.p);
  EXPECT_EQ(compare_selections(folder, {.metrics = {&compare_metric("recall")}}).rows[0].p_holm,
            row.p);
}

TEST(CompareSettings, RowsOfOtherQueriesAreRefused) {
  ComparedFolder folder;
  add_clear_pair(folder);
  const auto file = query_rows_file(folder.path(), ComparedFolder::id({.selection = "closest"}));
  std::vector<QueryRow> rows = read_query_rows(file);
  rows.back().query = 777;
  write_query_rows(file, rows);
  support::expect_error(Code::mismatch, {"same queries", "closest-1-32", "hnsw-1-32"},
                        [&] { compare_selections(folder); });
}

}  // namespace
}  // namespace skerry::experiments
