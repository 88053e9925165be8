#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "experiments/ground_truth.h"
#include "tests/support/expect_error.h"

namespace skerry::experiments {
namespace {

using Ids = std::vector<std::uint32_t>;

/// Vectors on a line at 1, 2, 3, 3, 3, 4, 5; one query at 0.
class RecallOf : public testing::Test {
 protected:
  RecallOf() {
    const std::vector<float> line{1, 2, 3, 3, 3, 4, 5};
    dataset_.train = {7, 1, 4, std::vector<std::byte>(28)};
    std::memcpy(dataset_.train.data.data(), line.data(), 28);
    dataset_.test = {1, 1, 4, std::vector<std::byte>(4)};
    dataset_.truth = compute_truth(dataset_, metric_, 7, 1);
  }

  Recall recall(const Ids& returned, std::size_t k) {
    return recall_of(dataset_, metric_, 0, returned, k);
  }

  const distance::Metric& metric_ = distance::metric("euclidean");
  Dataset dataset_;
};

TEST_F(RecallOf, CountsTheTruthsOwnIds) {
  EXPECT_EQ(recall({0, 1}, 2).strict, 1.0);
  EXPECT_EQ(recall({1, 0}, 2).strict, 1.0);
  EXPECT_EQ(recall({0, 6}, 2).strict, 0.5);
  EXPECT_EQ(recall({5, 6}, 2).strict, 0.0);
}

TEST_F(RecallOf, TiesAtTheLastPlaceCountInTieOnly) {
  EXPECT_EQ(dataset_.truth->ids, (Ids{0, 1, 2, 3, 4, 5, 6}));
  const Recall other = recall({0, 1, 4}, 3);
  EXPECT_DOUBLE_EQ(other.strict, 2.0 / 3);
  EXPECT_EQ(other.tie, 1.0);
  EXPECT_EQ(recall({0, 1, 5}, 3).tie, 2.0 / 3);
}

TEST_F(RecallOf, MoreTiesThanPlacesForThemDoNotMakeUpForNearerOnes) {
  // Of the true three, two are nearer than the tie: only one tied item counts.
  const Recall ties = recall({2, 3, 4}, 3);
  EXPECT_DOUBLE_EQ(ties.tie, 1.0 / 3);
  EXPECT_DOUBLE_EQ(ties.strict, 1.0 / 3);
}

TEST_F(RecallOf, RepeatedResultsCountOnce) {
  const Recall recalled = recall({0, 0, 0}, 3);
  EXPECT_DOUBLE_EQ(recalled.strict, 1.0 / 3);
  EXPECT_DOUBLE_EQ(recalled.tie, 1.0 / 3);
  EXPECT_TRUE(recalled.returned_lt_k);
}

TEST_F(RecallOf, OnlyTheFirstKResultsCount) {
  EXPECT_EQ(recall({5, 6, 0, 1}, 2).strict, 0.0);
  EXPECT_EQ(recall({0, 1, 2, 3, 4}, 2).strict, 1.0);
}

TEST_F(RecallOf, ShortAndEmptyResultsAreMarked) {
  const Recall none = recall({}, 3);
  EXPECT_EQ(none.strict, 0.0);
  EXPECT_EQ(none.tie, 0.0);
  EXPECT_TRUE(none.returned_lt_k);
  EXPECT_FALSE(recall({0, 1, 2}, 3).returned_lt_k);
  EXPECT_DOUBLE_EQ(recall({0}, 4).strict, 0.25);
}

TEST_F(RecallOf, OfMoreThanThereIsMeansAll) {
  EXPECT_EQ(recall({0, 1, 2, 3, 4, 5, 6}, 100).strict, 1.0);
  EXPECT_FALSE(recall({0, 1, 2, 3, 4, 5, 6}, 100).returned_lt_k);
}

TEST_F(RecallOf, WithoutATruthOrWithForeignIdsIsRefused) {
  support::expect_error(Code::invalid_argument, {"id 7", "0..6"}, [&] { recall({0, 7}, 2); });
  dataset_.truth->depth = 1;
  support::expect_error(Code::invalid_argument, {"recall at 2"}, [&] { recall({0, 1}, 2); });
  dataset_.truth.reset();
  support::expect_error(Code::invalid_argument, {"recall at 1"}, [&] { recall({0}, 1); });
}

TEST_F(RecallOf, EqualDistancesTieInWhateverOrderTheirTermsAreSummed) {
  // The same components in another order: equal distances, but a sum that begins with the large
  // term loses all small ones.
  constexpr std::size_t size = 401;
  std::vector<float> rows(3 * size, 1.0F);
  rows[0] = 0x1p28F;
  rows[2 * size - 1] = 0x1p28F;
  rows[2 * size] = 0x1p29F;
  dataset_.train = {3, size, 4 * size, std::vector<std::byte>(12 * size)};
  std::memcpy(dataset_.train.data.data(), rows.data(), 12 * size);
  dataset_.test = {1, size, 4 * size, std::vector<std::byte>(4 * size)};
  dataset_.truth = compute_truth(dataset_, metric_, 2, 1);
  const auto distance = [&](std::size_t id) {
    return distance::exact_distance(metric_, dataset_.test.row(0), dataset_.train.row(id), size);
  };
  ASSERT_NE(distance(0), distance(1)) << "the premise: their sums differ";
  EXPECT_EQ(recall({0}, 1).tie, 1.0);
  EXPECT_EQ(recall({1}, 1).tie, 1.0);
  EXPECT_EQ(recall({2}, 1).tie, 0.0);
}

TEST_F(RecallOf, TheNearestAgainAndAgainIsOneHit) {
  const Recall again = recall({0, 0, 0, 0, 0, 0}, 6);
  EXPECT_DOUBLE_EQ(again.strict, 1.0 / 6);
  EXPECT_DOUBLE_EQ(again.tie, 1.0 / 6);
  EXPECT_EQ(again.hits, 1U);
}

TEST_F(RecallOf, AQueryWithoutResultsCountsAsZeroInTheMean) {
  const std::vector<Recall> recalls{recall({0, 1}, 2), recall({}, 2)};
  EXPECT_DOUBLE_EQ(summarize(recalls).strict, 0.5);
  EXPECT_DOUBLE_EQ(summarize(recalls).tie, 0.5);
  EXPECT_EQ(summarize(recalls).p5, 0.0);
  EXPECT_EQ(summarize(recalls).returned_lt_k, 1U);
}

std::vector<Recall> hundred() {
  std::vector<Recall> recalls;
  for (int i = 99; i >= 0; --i)
    recalls.push_back({.strict = i / 100.0, .tie = 1.0, .returned_lt_k = i < 3});
  return recalls;
}

TEST(RecallSummary, TakesMeansAndTheWorstTwentieth) {
  const RecallSummary summary = summarize(hundred());
  EXPECT_DOUBLE_EQ(summary.strict, 0.495);
  EXPECT_DOUBLE_EQ(summary.tie, 1.0);
  EXPECT_DOUBLE_EQ(summary.p5, 0.04);           // the fifth smallest of a hundred
  EXPECT_DOUBLE_EQ(summary.worst5_mean, 0.02);  // 0, 1, 2, 3, 4 hundredths
  EXPECT_EQ(summary.returned_lt_k, 3U);
}

TEST(RecallSummary, OfFewQueriesTakesAtLeastOne) {
  const std::vector<Recall> three{
      {.strict = 0.5, .tie = 0.5}, {.strict = 0.25, .tie = 1}, {.strict = 1, .tie = 1}};
  const RecallSummary summary = summarize(three);
  EXPECT_EQ(summary.p5, 0.25);
  EXPECT_EQ(summary.worst5_mean, 0.25);
  std::vector<Recall> more(21, Recall{.strict = 1, .tie = 1});
  more[0].strict = 0;
  EXPECT_EQ(summarize(more).p5, 1.0);  // nearest rank: ceil(0.05 * 21) = 2
  EXPECT_EQ(summarize(more).worst5_mean, 0.5);
  EXPECT_EQ(summarize({}).strict, 0.0);
}

}  // namespace
}  // namespace skerry::experiments
