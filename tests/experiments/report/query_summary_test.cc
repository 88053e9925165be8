#include "experiments/report/query_summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace skerry::experiments {
namespace {

QueryRow row(std::uint16_t hits, std::vector<std::uint32_t> latency) {
  QueryRow made;
  made.hits = hits;
  made.latency_ns = std::move(latency);
  return made;
}

double quantile(const QuerySummary& summary, double share) {
  const auto found = std::find_if(summary.latency.begin(), summary.latency.end(),
                                  [&](const LatencyQuantile& each) { return each.share == share; });
  return found == summary.latency.end() ? -1 : found->microseconds;
}

TEST(QuerySummary, QuantilesAreByNearestRankOverTheQueriesMedians) {
  std::vector<QueryRow> rows;
  for (std::uint32_t i = 100; i > 0; --i) rows.push_back(row(10, {9'000'000, i * 1000, 0}));
  const QuerySummary summary = summarize_queries(rows, 10);
  EXPECT_EQ(quantile(summary, 0), 1);
  EXPECT_EQ(quantile(summary, 0.5), 50);
  EXPECT_EQ(quantile(summary, 0.95), 95);
  EXPECT_EQ(quantile(summary, 0.999), 100);
  EXPECT_EQ(quantile(summary, 1), 100);
}

TEST(QuerySummary, QuantilesRiseFromTheFirstToTheLast) {
  const QuerySummary summary = summarize_queries(std::vector{row(1, {5}), row(2, {3})}, 10);
  EXPECT_TRUE(std::is_sorted(summary.latency.begin(), summary.latency.end(),
                             [](const LatencyQuantile& a, const LatencyQuantile& b) {
                               return a.share < b.share && a.microseconds <= b.microseconds;
                             }));
  EXPECT_EQ(quantile(summary, 1), 0.005);
}

TEST(QuerySummary, RowsWithoutTimesOrNoRowsHaveNoQuantiles) {
  EXPECT_TRUE(summarize_queries({}, 10).latency.empty());
  EXPECT_TRUE(summarize_queries(std::vector{row(1, {})}, 10).latency.empty());
}

TEST(QuerySummary, TheIntervalOfRecallIsAMarginOfStandardErrorsAroundTheMean) {
  std::vector<QueryRow> rows;
  for (int i = 0; i < 50; ++i) {
    rows.push_back(row(10, {}));
    rows.push_back(row(8, {}));
  }
  const RecallRange range = summarize_queries(rows, 10).recall.value();
  const double margin = 1.96 * std::sqrt(0.01 * 100 / 99 / 100);
  EXPECT_NEAR(range.low, 0.9 - margin, 1e-12);
  EXPECT_NEAR(range.high, 0.9 + margin, 1e-12);
}

TEST(QuerySummary, PerfectRecallOfFewQueriesIsNotCertain) {
  const std::vector<QueryRow> rows(30, row(10, {}));
  const RecallRange range = summarize_queries(rows, 10).recall.value();
  EXPECT_NEAR(range.low, 0.9, 1e-12);
  EXPECT_EQ(range.high, 1);
}

TEST(QuerySummary, OneQueryHasNoInterval) {
  EXPECT_FALSE(summarize_queries(std::vector{row(5, {})}, 10).recall);
}

}  // namespace
}  // namespace skerry::experiments
