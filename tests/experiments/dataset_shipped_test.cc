// The data sets that come with the repository.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "experiments/dataset.h"
#include "experiments/exact_search.h"

namespace skerry::experiments {
namespace {

std::string shipped(const char* name) {
  return std::string(SKERRY_SOURCE_DIR "/experiments/data/") + name;
}

void expect_shape(const char* file, const char* metric, std::size_t n, std::size_t dimension) {
  const DatasetInfo info = dataset_info({.path = shipped(file)});
  EXPECT_EQ(info.format, "hdf5");
  EXPECT_EQ(info.declared_metric, metric);
  EXPECT_EQ(info.rows, n);
  EXPECT_EQ(info.dimension, dimension);
  EXPECT_EQ(info.queries, 500U);
  EXPECT_EQ(info.truth_depth, 100U);

  const distance::Metric& used = distance::metric(metric);
  const Dataset dataset = load_dataset({.path = shipped(file)}, used);
  EXPECT_EQ(dataset.name, file);
  EXPECT_EQ(dataset.train.rows, n);
  EXPECT_EQ(dataset.train.dimension, dimension);
  EXPECT_EQ(dataset.train.data.size(), n * dimension * 4);
  EXPECT_EQ(dataset.test.rows, 500U);
  ASSERT_TRUE(dataset.truth.has_value());
  EXPECT_EQ(dataset.truth->depth, 100U);

  // All queries; where ids differ, distances must not: ties may come in any order.
  const Truth found = exact_search(dataset.train, dataset.test, used, 100, 2);
  for (std::size_t q = 0; q < dataset.test.rows; ++q) {
    for (std::size_t j = 0; j < 100; ++j) {
      const auto distance = [&](std::uint32_t id) {
        return distance::exact_distance(used, dataset.test.row(q), dataset.train.row(id),
                                        dimension);
      };
      const double ours = distance(found.of(q)[j]);
      ASSERT_NEAR(distance(dataset.truth->of(q)[j]), ours, 1e-6 * ours + 1e-7) << q << " " << j;
    }
  }
}

TEST(ShippedData, WordNetVerbsHasItsShapeAndTheTruthOfBruteForce) {
  expect_shape("wordnet-verbs-384-angular.hdf5", "cosine", 13'267, 384);
}

TEST(ShippedData, SiftSmallHasItsShapeAndTheTruthOfBruteForce) {
  expect_shape("sift-small-128-euclidean.hdf5", "euclidean", 20'000, 128);
}

TEST(ShippedData, SiftValuesAreBytesSoThatSumsOfSquaresAreExactInF32) {
  const Dataset dataset = load_dataset({.path = shipped("sift-small-128-euclidean.hdf5")},
                                       distance::metric("euclidean"));
  std::vector<float> values(dataset.train.rows * dataset.train.dimension);
  std::memcpy(values.data(), dataset.train.data.data(), dataset.train.data.size());
  EXPECT_TRUE(std::all_of(values.begin(), values.end(), [](float x) {
    return x >= 0 && x <= 255 && x == static_cast<float>(static_cast<int>(x));
  }));
}

}  // namespace
}  // namespace skerry::experiments
