#include "experiments/exact_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <vector>

#include "base/random.h"
#include "tests/support/expect_error.h"

namespace skerry::experiments {
namespace {

using support::expect_error;

/// The definition: sort all ids by (exact distance, id).
Truth by_sorting(const Matrix& train, const Matrix& queries, const distance::Metric& metric,
                 std::size_t depth) {
  Truth truth;
  truth.depth = depth;
  for (std::size_t q = 0; q < queries.rows; ++q) {
    std::vector<double> distances;
    for (std::size_t i = 0; i < train.rows; ++i) {
      distances.push_back(
          distance::exact_distance(metric, queries.row(q), train.row(i), train.dimension));
    }
    std::vector<std::uint32_t> ids(train.rows);
    std::iota(ids.begin(), ids.end(), 0U);
    std::stable_sort(ids.begin(), ids.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return distances[a] < distances[b]; });
    truth.ids.insert(truth.ids.end(), ids.begin(),
                     ids.begin() + static_cast<std::ptrdiff_t>(depth));
  }
  return truth;
}

Matrix of_floats(std::size_t dimension, const std::vector<float>& values) {
  Matrix matrix;
  matrix.rows = values.size() / dimension;
  matrix.dimension = dimension;
  matrix.row_bytes = dimension * sizeof(float);
  matrix.data.resize(values.size() * sizeof(float));
  std::memcpy(matrix.data.data(), values.data(), matrix.data.size());
  return matrix;
}

TEST(ExactSearch, GivesWhatSortingAllDistancesGives) {
  for (const distance::Metric& metric : distance::metrics()) {
    for (const char* spec : {"uniform(700, 33, queries=20)", "gaussian(700, 7, queries=20)",
                             "clustered(700, 3, clusters=5, queries=20)"}) {
      const Dataset dataset = load_dataset({.spec = spec}, metric);
      for (const std::size_t depth : {std::size_t{1}, std::size_t{10}, std::size_t{700}}) {
        EXPECT_EQ(exact_search(dataset.train, dataset.test, metric, depth, 2).ids,
                  by_sorting(dataset.train, dataset.test, metric, depth).ids)
            << metric.name << " " << spec << " " << depth;
      }
    }
  }
}

TEST(ExactSearch, TellsApartWhatF32Cannot) {
  // Squared distances around 2^26 that differ by less than f32 resolves, worst first, and with a
  // large common offset, so that every kernel rounds.
  for (const char* name : {"euclidean", "inner_product", "manhattan", "cosine"}) {
    const distance::Metric& metric = distance::metric(name);
    constexpr std::size_t dimension = 40;
    std::vector<float> values;
    Random random(3);
    for (int i = 0; i < 500; ++i) {
      for (std::size_t j = 0; j < dimension; ++j) {
        values.push_back(1300.0F + static_cast<float>(random.below(3)) * 0.0005F -
                         static_cast<float>(i) * 0.0000001F);
      }
    }
    const Matrix train = of_floats(dimension, values);
    std::vector<float> query(3 * dimension, 0.25F);
    for (std::size_t i = 0; i < query.size(); ++i) query[i] += static_cast<float>(i % 7);
    const Matrix queries = of_floats(dimension, query);
    EXPECT_EQ(exact_search(train, queries, metric, 50, 1).ids,
              by_sorting(train, queries, metric, 50).ids)
        << name;
  }
}

TEST(ExactSearch, TinyAndHugeVectorsAreComparedRightly) {
  for (const float scale : {1e-38F, 1e-19F, 1e-3F, 1e15F}) {
    for (const char* name : {"euclidean", "inner_product", "manhattan", "cosine"}) {
      const distance::Metric& metric = distance::metric(name);
      std::vector<float> values;
      Random random(4);
      for (int i = 0; i < 300 * 5; ++i) {
        values.push_back(static_cast<float>(random.unit() - 0.5) * scale);
      }
      const Matrix train = of_floats(5, values);
      values.resize(4 * 5);
      const Matrix queries = of_floats(5, values);
      EXPECT_EQ(exact_search(train, queries, metric, 20, 1).ids,
                by_sorting(train, queries, metric, 20).ids)
          << name << " " << scale;
    }
  }
}

TEST(ExactSearch, EqualVectorsComeInTheOrderOfTheirIds) {
  const Matrix train = of_floats(2, {5, 5, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0});
  const Matrix query = of_floats(2, {1, 1});
  EXPECT_EQ(exact_search(train, query, distance::metric("euclidean"), 6, 1).ids,
            (std::vector<std::uint32_t>{1, 2, 4, 3, 5, 0}));
}

TEST(ExactSearch, ThreadsDoNotChangeTheResult) {
  const distance::Metric& metric = distance::metric("cosine");
  const Dataset dataset = load_dataset({.spec = "gaussian(2000, 16, queries=301)"}, metric);
  const Truth one = exact_search(dataset.train, dataset.test, metric, 10, 1);
  for (const unsigned threads : {2U, 3U, 8U, 1000U}) {
    EXPECT_EQ(exact_search(dataset.train, dataset.test, metric, 10, threads).ids, one.ids);
  }
}

TEST(ExactSearch, DepthsOutsideTheDataSetAreRefused) {
  const Matrix three = of_floats(1, {1, 2, 3});
  const distance::Metric& metric = distance::metric("euclidean");
  expect_error(Code::invalid_argument, {"0 nearest of 3"},
               [&] { exact_search(three, three, metric, 0, 1); });
  expect_error(Code::invalid_argument, {"4 nearest of 3"},
               [&] { exact_search(three, three, metric, 4, 1); });
}

TEST(ExactSearch, VectorsThatTheMetricRefusesAreNamed) {
  const Matrix good = of_floats(2, {1, 2, 3, 4});
  const Matrix bad = of_floats(2, {1, 2, 3e38F, 3e38F});
  const distance::Metric& metric = distance::metric("euclidean");
  expect_error(Code::invalid_argument, {"train row 1"},
               [&] { exact_search(bad, good, metric, 1, 2); });
  expect_error(Code::invalid_argument, {"test row 1"},
               [&] { exact_search(good, bad, metric, 1, 2); });
}

TEST(ExactSearch, ReportsProgressUpToTheEnd) {
  const distance::Metric& metric = distance::metric("euclidean");
  const Dataset dataset = load_dataset({.spec = "uniform(5000, 16, queries=300)"}, metric);
  std::size_t reports = 0;
  std::size_t last = 0;
  std::size_t whole = 0;
  const Progress progress{.report =
                              [&](std::string_view, std::size_t done, std::size_t total) {
                                ++reports;
                                EXPECT_GT(done, last);
                                EXPECT_LE(done, total);
                                last = done;
                                whole = total;
                              },
                          .cancel = nullptr};
  exact_search(dataset.train, dataset.test, metric, 5, 1, progress);
  EXPECT_GE(reports, 10U);
  EXPECT_LE(reports, 100U);
  EXPECT_EQ(last, whole);
}

TEST(ExactSearch, EndsAtTheStepAfterACancel) {
  const distance::Metric& metric = distance::metric("euclidean");
  const Dataset dataset = load_dataset({.spec = "uniform(5000, 16, queries=300)"}, metric);
  std::atomic<bool> cancel{false};
  std::size_t reports = 0;
  const Progress progress{.report =
                              [&](std::string_view, std::size_t, std::size_t) {
                                ++reports;
                                cancel = true;
                              },
                          .cancel = &cancel};
  expect_error(Code::cancelled, {},
               [&] { exact_search(dataset.train, dataset.test, metric, 5, 1, progress); });
  EXPECT_EQ(reports, 1U);
  // Which of two threads would get to report is the scheduler's choice, so this one starts late.
  expect_error(Code::cancelled, {},
               [&] { exact_search(dataset.train, dataset.test, metric, 5, 2, progress); });
}

}  // namespace
}  // namespace skerry::experiments
