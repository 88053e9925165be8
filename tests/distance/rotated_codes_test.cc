// Encodings that estimate distances from codes of rotated vectors: i4 and rabitq.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "distance/rotation.h"
#include "tests/distance/code_sets.h"

namespace skerry::distance {
namespace {

TEST(Rotation, KeepsLengthsAndInnerProductsAndSpreadsASingleComponent) {
  Random random(5);
  for (const std::size_t dimension : {1, 2, 3, 7, 64, 100, 384, 960, 1000}) {
    const Floats a = random_floats(dimension, random);
    const Floats b = random_floats(dimension, random);
    Floats turned_a = a;
    Floats turned_b = b;
    rotate(turned_a);
    rotate(turned_b);
    const auto dot = [](const Floats& x, const Floats& y) {
      return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
    };
    const double length = std::sqrt(dot(a, a) * dot(b, b));
    EXPECT_NEAR(dot(turned_a, turned_b), dot(a, b), 1e-5 * length) << dimension;
    EXPECT_NEAR(dot(turned_a, turned_a), dot(a, a), 1e-5 * dot(a, a)) << dimension;
    if (dimension < 64) continue;
    Floats single(dimension, 0);
    single[dimension / 3] = 1;
    rotate(single);
    const float largest =
        std::fabs(*std::max_element(single.begin(), single.end(),
                                    [](float x, float y) { return std::fabs(x) < std::fabs(y); }));
    EXPECT_LT(largest, 6 / std::sqrt(static_cast<double>(dimension))) << dimension;
  }
}

class EstimateOf : public testing::TestWithParam<std::string_view> {
 protected:
  const Encoding& encoding_ = encoding(GetParam());
};

TEST_P(EstimateOf, IsWithoutBiasAndWithinItsBound) {
  // In units of |r| |q| / sqrt(d).
  const double bound = GetParam() == "rabitq" ? 2 : 1.0 / 3;
  for (const std::string_view name : metric_names) {
    const Metric& each = metric(name);
    for (const std::size_t dimension : {96, 384, 1000}) {
      Random random(6);
      std::vector<Row> rows;
      for (int i = 0; i < 100; ++i) {
        rows.push_back(row_of(each, random_floats(dimension, random, 0.3)));
      }
      const Encoder encoder = trained(encoding_, each, rows, dimension);
      const auto residual_square = [&](const Row& row) {
        const std::vector<double> x = coded(each, row, dimension);
        double square = 0;
        for (std::size_t i = 0; i < dimension; ++i) {
          square += (x[i] - encoder.mean()[i]) * (x[i] - encoder.mean()[i]);
        }
        return square;
      };
      double sum = 0;
      std::size_t far = 0;
      std::size_t pairs = 0;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < rows.size(); ++j) {
          if (i == j) continue;
          const double length = std::sqrt(residual_square(rows[i]) * residual_square(rows[j]));
          const float exact = each.kernels().pair(rows[i].data(), rows[j].data(), dimension);
          const double factor = name == "euclidean" ? 2 : 1;
          const double error =
              (distance_by_codes(encoder, rows[i], rows[j]) - exact) / (factor * length);
          const double unit = error * std::sqrt(static_cast<double>(dimension));
          sum += unit;
          far += std::fabs(unit) > bound ? 1 : 0;
          ++pairs;
        }
      }
      EXPECT_NEAR(sum / static_cast<double>(pairs), 0, bound / 40) << name << ' ' << dimension;
      EXPECT_LT(far, pairs / 50) << name << ' ' << dimension;
    }
  }
}

TEST_P(EstimateOf, AVectorOfZerosOrAtTheMeanIsExact) {
  const Metric& euclidean = metric("euclidean");
  const Encoder encoder(encoding_, euclidean, {1, 2, 3});
  const Row mean = row_of(euclidean, {1, 2, 3});
  const Row other = row_of(euclidean, {4, 2, 7});
  EXPECT_FLOAT_EQ(distance_by_codes(encoder, mean, other), 25);
  EXPECT_FLOAT_EQ(distance_by_codes(encoder, other, mean), 25);
  EXPECT_FLOAT_EQ(distance_by_codes(encoder, mean, mean), 0);
}

TEST_P(EstimateOf, AFewLongComponentsAreWorthNoMoreThanOthers) {
  Random random(7);
  constexpr std::size_t dimension = 256;
  const Metric& cosine = metric("cosine");
  std::vector<Row> rows;
  for (int i = 0; i < 60; ++i) {
    Floats vector = random_floats(dimension, random);
    for (const std::size_t long_one : {3, 70, 200}) vector[long_one] *= 12;
    rows.push_back(row_of(cosine, vector));
  }
  const Encoder encoder = trained(encoding_, cosine, rows, dimension);
  const double bound = (GetParam() == "rabitq" ? 2 : 1.0 / 3) / std::sqrt(dimension);
  std::size_t far = 0;
  for (const Row& a : rows) {
    for (const Row& b : rows) {
      const float exact = cosine.kernels().pair(a.data(), b.data(), dimension);
      far += std::fabs(distance_by_codes(encoder, a, b) - exact) > bound ? 1 : 0;
    }
  }
  EXPECT_LT(far, rows.size() * rows.size() / 50);
}

INSTANTIATE_TEST_SUITE_P(All, EstimateOf, testing::Values("i4", "rabitq"),
                         [](const auto& info) { return std::string(info.param); });

TEST(I4, TheBestOfItsGridsIsTakenForEachVector) {
  Random random(8);
  const Metric& euclidean = metric("euclidean");
  constexpr std::size_t dimension = 512;
  const Encoder encoder(encoding("i4"), euclidean, Floats(dimension, 0));
  double angles = 0;
  for (int round = 0; round < 20; ++round) {
    const Row row = row_of(euclidean, random_floats(dimension, random));
    const Row code = code_of(encoder, row);
    Floats turned(dimension);
    for (std::size_t i = 0; i < dimension; ++i) turned[i] = load<float>(row.data() + 4 * i);
    rotate(turned);
    double along = 0;
    double squares = 0;
    double square = 0;
    for (std::size_t i = 0; i < dimension; ++i) {
      const double c = level_of(code, i, dimension);
      along += c * turned[i];
      squares += c * c;
      square += static_cast<double>(turned[i]) * turned[i];
    }
    EXPECT_NEAR(scale_of(code), square / along, 1e-5 * square / along);
    angles += (1 - along * along / squares / square) / 20;
  }
  // The least that 16 even levels lose of normal components: Max, "Quantizing for Minimum
  // Distortion" (IRE Trans. Inform. Theory 1960), table II.
  EXPECT_LT(angles, 0.0119);
  EXPECT_GT(angles, 0.0100);
}

}  // namespace
}  // namespace skerry::distance
