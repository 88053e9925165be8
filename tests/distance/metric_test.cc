#include "distance/metric.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"

namespace skerry::distance {
namespace {

std::string refusal(std::string_view name, const std::vector<float>& vector) {
  const Metric& chosen = metric(name);
  std::vector<std::byte> row(chosen.row_bytes(vector.size()));
  try {
    chosen.encode(std::as_bytes(std::span(vector)), vector.size(), row.data());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::invalid_argument);
    return error.what();
  }
  return "";
}

double distance(std::string_view name, const std::vector<float>& a, const std::vector<float>& b) {
  const Metric& chosen = metric(name);
  std::vector<std::byte> row_a(chosen.row_bytes(a.size()));
  std::vector<std::byte> row_b(chosen.row_bytes(b.size()));
  chosen.encode(std::as_bytes(std::span(a)), a.size(), row_a.data());
  chosen.encode(std::as_bytes(std::span(b)), b.size(), row_b.data());
  return chosen.reported(chosen.kernels().pair(row_a.data(), row_b.data(), a.size()));
}

/// The stored distance of the longest legal (c, .., c), found by halving, to its opposite.
float longest_legal(const Metric& metric, std::size_t dimension) {
  std::vector<std::byte> row(metric.row_bytes(dimension));
  std::vector<std::byte> opposite(row.size());
  float legal = 1;
  float refused = FLT_MAX;
  while (std::nextafter(legal, refused) < refused) {
    const float c = legal / 2 + refused / 2;
    const std::vector<float> vector(dimension, c);
    try {
      metric.encode(std::as_bytes(std::span(vector)), dimension, row.data());
      legal = c;
    } catch (const Error&) {
      refused = c;
    }
  }
  const std::vector<float> vector(dimension, legal);
  const std::vector<float> negative(dimension, -legal);
  metric.encode(std::as_bytes(std::span(vector)), dimension, row.data());
  metric.encode(std::as_bytes(std::span(negative)), dimension, opposite.data());
  return metric.kernels().pair(row.data(), opposite.data(), dimension);
}

TEST(Metric, GivesTheDistancesOfAHandWorkedPair) {
  // (3, 4) and (6, 8): differences 3 and 4, the same direction, dot 18 + 32.
  EXPECT_DOUBLE_EQ(distance("euclidean", {3, 4}, {6, 8}), 5);
  EXPECT_DOUBLE_EQ(distance("manhattan", {3, 4}, {6, 8}), 7);
  EXPECT_DOUBLE_EQ(distance("inner_product", {3, 4}, {6, 8}), -50);
  EXPECT_NEAR(distance("cosine", {3, 4}, {6, 8}), 0, 1e-6);
  EXPECT_NEAR(distance("cosine", {1, 0}, {0, 5}), 1, 1e-6);
  EXPECT_NEAR(distance("cosine", {1, 0}, {-2, 0}), 2, 1e-6);
}

TEST(Metric, CountsDifferingBits) {
  const Metric& hamming = metric("hamming");
  const std::byte a[2] = {std::byte{0b10101010}, std::byte{0b1}};
  const std::byte b[2] = {std::byte{0b10101001}, std::byte{0b0}};
  EXPECT_EQ(hamming.kernels().pair(a, b, 9), 3.0F);
  EXPECT_EQ(exact_distance(hamming, a, b, 9), 3.0);
}

TEST(Metric, AZeroVectorIsAtDistanceOneFromEverythingUnderCosine) {
  EXPECT_EQ(distance("cosine", {0, 0, 0}, {1, 2, 3}), 1);
  EXPECT_EQ(distance("cosine", {0, 0, 0}, {0, 0, 0}), 1);
  const std::vector<float> zero(3, 0);
  const std::vector<float> other = {1, 2, 3};
  EXPECT_EQ(exact_distance(metric("cosine"), std::as_bytes(std::span(zero)),
                           std::as_bytes(std::span(other)), 3),
            1);
}

TEST(Metric, RefusesNotANumberAndInfinityAndNamesTheComponent) {
  for (const Metric& each : metrics()) {
    if (each.element == Element::bit) continue;
    EXPECT_NE(
        refusal(each.name, {1, std::numeric_limits<float>::quiet_NaN(), 3}).find("component 1"),
        std::string::npos);
    EXPECT_NE(
        refusal(each.name, {1, 2, -std::numeric_limits<float>::infinity()}).find("component 2"),
        std::string::npos);
  }
}

TEST(Metric, RefusesVectorsWhoseDistancesCouldOverflow) {
  EXPECT_NE(refusal("euclidean", {1e19F, 1e19F}), "");
  EXPECT_NE(refusal("inner_product", {1e19F}), "");
  EXPECT_NE(refusal("manhattan", {2e38F}), "");
  EXPECT_NE(refusal("cosine", {1e17F}), "");
  EXPECT_EQ(refusal("euclidean", {6.4e18F}), "");
  // The largest legal vectors, opposed, stay finite.
  EXPECT_TRUE(std::isfinite(distance("euclidean", {6.5e18F}, {-6.5e18F})));
  EXPECT_TRUE(std::isfinite(distance("manhattan", {8.5e37F}, {-8.5e37F})));
}

TEST(Metric, NoTwoLegalVectorsOverflow) {
  for (const char* name : {"euclidean", "manhattan"}) {
    std::size_t overflows = 0;
    for (std::size_t dimension = 1; dimension <= 512; ++dimension) {
      overflows += std::isfinite(longest_legal(metric(name), dimension)) ? 0 : 1;
    }
    EXPECT_EQ(overflows, 0U) << name;
  }
}

TEST(Metric, ExactDistancesOfNonNegativeMetricsAreNotNegative) {
  Random random(1);
  for (int round = 0; round < 100; ++round) {
    std::vector<float> vector(8);
    for (float& x : vector) x = static_cast<float>(random.unit() - 0.5);
    const Bytes bytes = std::as_bytes(std::span(vector));
    EXPECT_GE(exact_distance(metric("cosine"), bytes, bytes, 8), 0);
  }
}

TEST(Metric, CosineIsSoundForTheShortestAndLongestLegalVectors) {
  EXPECT_NEAR(distance("cosine", {1e-15F, 0}, {1e15F, 0}), 0, 1e-6);
  EXPECT_NEAR(distance("cosine", {1e-15F, 0}, {0, 1e-15F}), 1, 1e-6);
  EXPECT_EQ(distance("cosine", {1e-17F, 0}, {1e-17F, 0}), 1);  // counts as zero
}

TEST(Metric, RefusesSpareBitsAndWrongSizes) {
  const Metric& hamming = metric("hamming");
  std::byte row[2];
  const std::byte spare[2] = {std::byte{0}, std::byte{0b10}};
  EXPECT_THROW(hamming.encode(spare, 9, row), Error);
  EXPECT_NO_THROW(hamming.encode(spare, 10, row));
  EXPECT_THROW(hamming.encode(std::span(spare).first(1), 9, row), Error);
}

TEST(Metric, ARowIsTheVectorAsGivenAndThenTheHeader) {
  const Metric& cosine = metric("cosine");
  const std::vector<float> vector = {3, 4};
  std::vector<std::byte> row(cosine.row_bytes(2));
  ASSERT_EQ(row.size(), 12U);
  cosine.encode(std::as_bytes(std::span(vector)), 2, row.data());
  EXPECT_EQ(load<float>(row.data()), 3.0F);
  EXPECT_EQ(load<float>(row.data() + 4), 4.0F);
  EXPECT_EQ(load<float>(row.data() + 8), 0.2F);
  EXPECT_EQ(metric("euclidean").row_bytes(2), 8U);
  EXPECT_EQ(metric("hamming").row_bytes(9), 2U);
}

TEST(Metric, AMisspeltNameIsAnsweredWithTheNearest) {
  try {
    metric("cosin");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean `cosine`"), std::string::npos);
  }
}

TEST(Metric, KernelTargetIsNamed) { EXPECT_FALSE(kernel_target().empty()); }

}  // namespace
}  // namespace skerry::distance
