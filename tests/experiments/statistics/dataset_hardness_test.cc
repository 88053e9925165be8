#include "experiments/statistics/dataset_hardness.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/experiments/program.h"
#include "tests/support/expect_error.h"

namespace skerry::experiments {
namespace {

std::vector<double> dimensions_of(const std::string& spec, const std::string& metric) {
  const Dataset dataset = load_dataset({.spec = spec}, distance::metric(metric));
  std::vector<double> values;
  for (const QueryHardness& query : hardness_of(dataset, distance::metric(metric), 100, 2)) {
    values.push_back(query.dimension);
  }
  return values;
}

TEST(DatasetHardness, OfUniformDataTheDimensionIsThatOfTheSpace) {
  EXPECT_NEAR(percentile(dimensions_of("uniform(n=20000, d=3, queries=200)", "euclidean"), 0.5), 3,
              0.3);
}

// Directions in 4 dimensions lie on a sphere of 3. By 1 - cos itself it would be half of that.
TEST(DatasetHardness, OfCosineTheDimensionIsThatOfTheSphere) {
  EXPECT_NEAR(percentile(dimensions_of("gaussian(n=20000, d=4, queries=200)", "cosine"), 0.5), 3,
              0.3);
}

TEST(DatasetHardness, ContrastIsTheMeanOverTheNearestAndOverTheKth) {
  const distance::Metric& metric = distance::metric("manhattan");
  Dataset dataset = load_dataset({.spec = "uniform(n=4, d=1, queries=1)"}, metric);
  const std::array<float, 4> vectors = {1, 2, 4, 9};
  std::memcpy(dataset.train.data.data(), vectors.data(), sizeof(vectors));
  std::fill(dataset.test.data.begin(), dataset.test.data.end(), std::byte{0});
  const std::vector<QueryHardness> found = hardness_of(dataset, metric, 3, 1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_DOUBLE_EQ(found[0].contrast, 4);
  EXPECT_DOUBLE_EQ(found[0].contrast_at_k, 1);
  EXPECT_DOUBLE_EQ(found[0].dimension, 2 / (std::log(4) + std::log(2)));
}

TEST(DatasetHardness, RefusesWhatIsNoMetric) {
  support::expect_error(Code::unsupported, {"inner_product", "no metric"},
                        [] { dimensions_of("uniform(n=200, d=3, queries=2)", "inner_product"); });
}

TEST(DatasetHardness, PercentilesLeaveOutWhatDoesNotExist) {
  EXPECT_EQ(percentile({3, QueryHardness::none, 1, 2}, 0.5), 2);
  EXPECT_TRUE(std::isnan(percentile({QueryHardness::none}, 0.5)));
}

TEST(DatasetHardness, TheCommandPrintsPercentilesInOrder) {
  const ProgramRun run = skerry(
      "dataset hardness 'uniform(n=2000, d=8, queries=50)' --metric euclidean --k 20 --json");
  ASSERT_EQ(run.exit_code, 0) << run.error;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json.at("queries"), 50);
  EXPECT_LT(json.at("lid").at("p5"), json.at("lid").at("p95"));
  EXPECT_GT(json.at("contrast").at("p50"), json.at("contrast_at_k").at("p50"));
}

}  // namespace
}  // namespace skerry::experiments
