#include "experiments/synthetic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "tests/support/expect_error.h"

namespace skerry::experiments {
namespace {

using support::expect_error;

std::vector<float> floats(const Matrix& matrix) {
  std::vector<float> values(matrix.rows * matrix.dimension);
  std::memcpy(values.data(), matrix.data.data(), matrix.data.size());
  return values;
}

Dataset load(const std::string& spec, const char* metric = "euclidean", std::size_t limit = 0) {
  return load_dataset({.spec = spec, .limit = limit}, distance::metric(metric));
}

struct Moments {
  double mean = 0;
  double variance = 0;
  double kurtosis = 0;
};

Moments moments(const std::vector<float>& values) {
  Moments m;
  const auto n = static_cast<double>(values.size());
  for (const float x : values) m.mean += x / n;
  double fourth = 0;
  for (const float x : values) {
    const double d = x - m.mean;
    m.variance += d * d / n;
    fourth += d * d * d * d / n;
  }
  m.kurtosis = fourth / (m.variance * m.variance);
  return m;
}

TEST(Synthetic, TheNumbersAreTheSameOnEveryMachine) {
  // Hashes over all bits. They may change only together with the documented definition.
  EXPECT_EQ(load("uniform(1000, 17, queries=10)").hash, "9936c2f6dcb569a444bc6dd293718e27");
  EXPECT_EQ(load("gaussian(1000, 17, queries=10)").hash, "cb8fdba1351c1279ea5ba31b1552b3b7");
  EXPECT_EQ(load("clustered(1000, 17, queries=10)").hash, "a71515b4a930c308fc5e8b3bdc40c8c1");
  EXPECT_EQ(load("uniform(1000, 17, queries=10)", "hamming").hash,
            "517ae23256e94056dc01db5426eeddb4");
}

TEST(Synthetic, UniformFillsItsRange) {
  const std::vector<float> values = floats(load("uniform(2000, 50, queries=1)").train);
  const Moments m = moments(values);
  EXPECT_NEAR(m.mean, 0.5, 0.005);
  EXPECT_NEAR(m.variance, 1.0 / 12, 0.001);
  EXPECT_GE(*std::min_element(values.begin(), values.end()), 0.0F);
  EXPECT_LT(*std::max_element(values.begin(), values.end()), 1.0F);
}

TEST(Synthetic, GaussianHasItsMoments) {
  const Moments m = moments(floats(load("gaussian(2000, 100, queries=1)").train));
  EXPECT_NEAR(m.mean, 0, 0.01);
  EXPECT_NEAR(m.variance, 1, 0.015);
  EXPECT_NEAR(m.kurtosis, 3 - 0.075, 0.05);
}

TEST(Synthetic, ClustersAreAsManyAndAsWideAsAsked) {
  const Dataset points = load("clustered(500, 4, clusters=5, spread=0, queries=100)");
  std::vector<std::vector<float>> centres;
  for (const Matrix* matrix : {&points.train, &points.test}) {
    const std::vector<float> values = floats(*matrix);
    for (std::size_t i = 0; i < matrix->rows; ++i) {
      const auto at = values.begin() + static_cast<std::ptrdiff_t>(4 * i);
      const std::vector<float> point(at, at + 4);
      if (std::find(centres.begin(), centres.end(), point) == centres.end()) {
        centres.push_back(point);
      }
    }
  }
  EXPECT_EQ(centres.size(), 5U);  // queries come from the same clusters
  const Moments wide =
      moments(floats(load("clustered(500, 40, clusters=1, spread=3, queries=1)").train));
  EXPECT_NEAR(std::sqrt(wide.variance), 3, 0.1);
}

TEST(Synthetic, SmallerSetsAreTheBeginningOfLargerOnes) {
  for (const char* shape : {"uniform", "gaussian", "clustered"}) {
    const std::string name(shape);
    const Dataset large = load(name + "(100, 6, queries=9)");
    const Dataset small = load(name + "(40, 6, queries=3)");
    EXPECT_TRUE(
        std::equal(small.train.data.begin(), small.train.data.end(), large.train.data.begin()));
    EXPECT_TRUE(
        std::equal(small.test.data.begin(), small.test.data.end(), large.test.data.begin()));
    const Dataset limited = load(name + "(100, 6, queries=3)", "euclidean", 40);
    EXPECT_EQ(limited.hash, small.hash);
    EXPECT_EQ(limited.name, name + "(100, 6, queries=3)");
  }
}

TEST(Synthetic, SeedsAndQueriesDifferFromTheVectors) {
  EXPECT_NE(load("uniform(50, 6, queries=5)").hash, load("uniform(50, 6, queries=5, seed=2)").hash);
  const Dataset data = load("uniform(5, 6, queries=5)");
  EXPECT_NE(data.train.data, data.test.data);
}

TEST(Synthetic, BitsAreFairUnderHamming) {
  for (const char* spec : {"uniform(500, 77, queries=1)", "gaussian(500, 77, queries=1)"}) {
    const Dataset data = load(spec, "hamming");
    EXPECT_EQ(data.train.row_bytes, 10U);
    std::size_t ones = 0;
    for (const std::byte b : data.train.data) {
      ones += static_cast<std::size_t>(std::popcount(std::to_integer<unsigned>(b)));
    }
    EXPECT_NEAR(static_cast<double>(ones) / (500 * 77), 0.5, 0.02);
    EXPECT_EQ(data.train.row(0)[9] & std::byte{0xe0}, std::byte{0});  // spare bits
  }
}

TEST(Synthetic, InfoKnowsTheShape) {
  const DatasetInfo info = dataset_info({.spec = "clustered(n=70, d=5)", .limit = 60});
  EXPECT_EQ(info.format, "synthetic");
  EXPECT_EQ(info.rows, 60U);
  EXPECT_EQ(info.dimension, 5U);
  EXPECT_EQ(info.queries, 1000U);
  EXPECT_EQ(info.truth_depth, 0U);
}

TEST(Synthetic, SpecsWithoutMeaningAreRefused) {
  const auto refused = [](const char* spec, std::initializer_list<std::string_view> words) {
    SCOPED_TRACE(spec);
    expect_error(Code::invalid_argument, words, [&] { dataset_info({.spec = spec}); });
    expect_error(Code::invalid_argument, words, [&] { load(spec); });
  };
  refused("unifrom(n=10, d=2)", {"`unifrom`", "did you mean `uniform`", "clustered"});
  refused("uniform", {"needs `n`"});
  refused("uniform(n=10)", {"needs `d`", "uniform(n=10000, d=32)"});
  refused("uniform(n=0, d=2)", {"`n`", "`0`"});
  refused("uniform(n=-5, d=2)", {"`n`", "`-5`"});
  refused("uniform(n=10, d=0)", {"`d`"});
  refused("uniform(n=10, d=2, queries=0)", {"`queries`"});
  refused("uniform(n=99999999999, d=2)", {"`n`"});
  refused("uniform(n=10, d=2, clusters=3)", {"`clusters`"});
  refused("clustered(n=10, d=2, spread=-1)", {"`spread`"});
  refused("clustered(n=10, d=2, clusters=0)", {"`clusters`"});
  refused("uniform(n=10, d=2", {"not a spec"});
}

TEST(Synthetic, WhatDoesNotFitIntoMemoryIsRefusedBeforeItIsTried) {
  expect_error(Code::full, {"uniform", "memory", "limit"},
               [] { load("uniform(n=2000000000, d=16000000)"); });
}

TEST(Synthetic, ARequestNamesEitherAPathOrASpec) {
  const distance::Metric& metric = distance::metric("euclidean");
  expect_error(Code::invalid_argument, {"`path`", "`spec`"}, [&] { load_dataset({}, metric); });
  expect_error(Code::invalid_argument, {"`path`", "`spec`"},
               [&] { load_dataset({.path = "a.fbin", .spec = "uniform(1, 1)"}, metric); });
  expect_error(Code::invalid_argument, {"`queries`"},
               [&] { load_dataset({.queries = "a.fbin", .spec = "uniform(1, 1)"}, metric); });
}

}  // namespace
}  // namespace skerry::experiments
