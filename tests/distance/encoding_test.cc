#include "distance/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "tests/distance/code_sets.h"

namespace skerry::distance {
namespace {

/// The bound of distance/encoding.h on one component, with its share of f32 rounding.
double bound_of(std::string_view encoding, double residual, double largest) {
  const double rounding = 0x1.0p-22 * (largest + 1);
  if (encoding == "i8") return largest / 254 + rounding;
  return std::fabs(residual) / 2048 + largest / (1 << 24) + rounding;
}

template <class Call>
std::string refusal(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::invalid_argument);
    return error.what();
  }
  return "";
}

TEST(Half, EveryFiniteHalfSurvivesTheWayToFloatAndBack) {
  for (std::uint32_t bits = 0; bits < 0x10000U; ++bits) {
    if ((bits & 0x7c00U) == 0x7c00U) continue;  // infinite or not a number
    const auto half = static_cast<std::uint16_t>(bits);
    ASSERT_EQ(to_half(from_half(half)), half);
  }
}

TEST(Half, RoundsToTheNearestAndTiesToEven) {
  for (std::uint32_t bits = 0; bits < 0x7bffU; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float low = from_half(half);
    const float high = from_half(static_cast<std::uint16_t>(half + 1));
    const float middle = low / 2 + high / 2;
    ASSERT_EQ(to_half(middle), half + (half & 1));
    ASSERT_EQ(to_half(std::nextafter(middle, low)), half);
    ASSERT_EQ(to_half(std::nextafter(middle, high)), half + 1);
    ASSERT_EQ(to_half(-std::nextafter(middle, high)), (half + 1) | 0x8000);
  }
}

using Case = std::tuple<std::string_view, std::string_view>;  // encoding, metric

class EncodingOf : public testing::TestWithParam<Case> {
 protected:
  const Encoding& encoding_ = encoding(std::get<0>(GetParam()));
  const Metric& metric_ = metric(std::get<1>(GetParam()));
};

TEST_P(EncodingOf, NoComponentIsDecodedFurtherAwayThanItsBound) {
  EXPECT_TRUE(rc::check([&] {
    const auto dimension = *rc::gen::inRange<std::size_t>(1, 70);
    Random random(*rc::gen::arbitrary<std::uint64_t>());
    const double center = static_cast<double>(*rc::gen::inRange(-3, 4));
    std::vector<Row> rows;
    for (int i = 0; i < 5; ++i) {
      rows.push_back(row_of(metric_, random_floats(dimension, random, center)));
    }
    const Encoder encoder = trained(encoding_, metric_, rows, dimension);
    for (const Row& row : rows) {
      const std::vector<double> x = coded(metric_, row, dimension);
      const std::vector<double> found = decode(encoder, code_of(encoder, row));
      double largest = 0;
      for (std::size_t i = 0; i < dimension; ++i) {
        largest = std::max(largest, std::fabs(x[i] - encoder.mean()[i]));
      }
      for (std::size_t i = 0; i < dimension; ++i) {
        const double bound = bound_of(encoding_.name, x[i] - encoder.mean()[i], largest);
        RC_ASSERT(std::fabs(found[i] - x[i]) <= bound);
      }
    }
  }));
}

TEST_P(EncodingOf, ADistanceIsTheMetricsBetweenDecodedVectors) {
  Random random(1);
  for (const std::size_t dimension : {1, 2, 3, 31, 32, 100, 384, 769}) {
    std::vector<Row> rows;
    for (int i = 0; i < 8; ++i) {
      rows.push_back(row_of(metric_, random_floats(dimension, random, 0.5)));
    }
    const Encoder encoder = trained(encoding_, metric_, rows, dimension);
    for (const Row& a : rows) {
      for (const Row& b : rows) {
        // The query of f16 is not rounded to halves.
        const std::vector<double> query = encoding_.name == "f16"
                                              ? coded(metric_, a, dimension)
                                              : decode(encoder, code_of(encoder, a));
        const double expected =
            decoded_distance(metric_, query, decode(encoder, code_of(encoder, b)));
        const double scale = metric_.name == "cosine" ? 2 : 4.0 * static_cast<double>(dimension);
        EXPECT_NEAR(distance_by_codes(encoder, a, b), expected, scale * 0x1.0p-20) << dimension;
      }
    }
  }
}

TEST_P(EncodingOf, AZeroVectorIsAboutAsFarAsTheMetricSays) {
  Random random(2);
  constexpr std::size_t dimension = 48;
  const Row zero = row_of(metric_, Floats(dimension, 0));
  std::vector<Row> rows = {zero};
  for (int i = 0; i < 20; ++i) rows.push_back(row_of(metric_, random_floats(dimension, random, 1)));
  const Encoder encoder = trained(encoding_, metric_, rows, dimension);
  for (const Row& row : rows) {
    const float exact = metric_.kernels().pair(zero.data(), row.data(), dimension);
    const double bound = metric_.name == "cosine" ? 0.02 : 3;
    EXPECT_NEAR(distance_by_codes(encoder, zero, row), exact, bound);
    EXPECT_NEAR(distance_by_codes(encoder, row, zero), exact, bound);
  }
}

TEST_P(EncodingOf, ASetOfEqualVectorsHasExactCodes) {
  const Floats vector = {3, -4, 0.25, 1e-3F};
  const Row row = row_of(metric_, vector);
  const Encoder encoder = trained(encoding_, metric_, {row, row, row, row}, vector.size());
  const Row code = code_of(encoder, row);
  const std::vector<double> x = coded(metric_, row, vector.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(decode(encoder, code)[i], x[i], 4e-7 * std::fabs(x[i]));
  }
  const float exact = metric_.kernels().pair(row.data(), row.data(), vector.size());
  EXPECT_NEAR(distance_by_codes(encoder, row, row), exact, 1e-5);
}

TEST_P(EncodingOf, RefusesVectorsWhoseDistancesCouldOverflow) {
  const Encoder encoder(encoding_, metric_, Floats(2, 0));
  Floats vector = {3e18F, 4e18F};
  if (metric_.name == "cosine") vector = {6e15F, 8e15F};
  const Row row = row_of(metric_, vector);
  Row code(encoder.code_bytes());
  const std::string refused = refusal([&] { encoder.encode(row.data(), code.data()); });
  if (metric_.name == "cosine") {
    EXPECT_EQ(refused, "");
  } else {
    EXPECT_NE(refused.find("too long"), std::string::npos) << refused;
  }
}

TEST_P(EncodingOf, VectorsTooSmallToScaleAreDecodedAsTheMean) {
  const Encoder encoder(encoding_, metric_, Floats(3, 0));
  const Row tiny = row_of(metric_, {FLT_MIN / 4, -FLT_MIN / 2, 0});
  const std::vector<double> found = decode(encoder, code_of(encoder, tiny));
  for (const double x : found) EXPECT_LE(std::fabs(x), FLT_MIN);
  EXPECT_TRUE(std::isfinite(distance_by_codes(encoder, tiny, tiny)));
}

TEST_P(EncodingOf, TheSameRowsGiveTheSameBytes) {
  Random random(4);
  std::vector<Row> rows;
  for (int i = 0; i < 30; ++i) rows.push_back(row_of(metric_, random_floats(40, random)));
  const Encoder first = trained(encoding_, metric_, rows, 40);
  const Encoder second(encoding_, metric_, Floats(first.mean().begin(), first.mean().end()));
  for (const Row& row : rows) {
    EXPECT_EQ(code_of(first, row), code_of(second, row));
    EXPECT_EQ(query_of(first, row), query_of(second, row));
  }
}

INSTANTIATE_TEST_SUITE_P(All, EncodingOf,
                         testing::Combine(testing::Values("f16", "i8"),
                                          testing::ValuesIn(metric_names)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param)) + "_" +
                                  std::string(std::get<1>(info.param));
                         });

/// Halves its way to the longest (c, .., c) that has a code, and compares it with its opposite.
void expect_finite(const Encoding& encoding, const Metric& metric) {
  for (const std::size_t dimension : {1, 7, 128}) {
    const Encoder encoder(encoding, metric, Floats(dimension, 0));
    float legal = 1;
    float refused = 1e19F;
    Row code(encoder.code_bytes());
    while (std::nextafter(legal, refused) < refused) {
      const float c = legal / 2 + refused / 2;
      const std::string refusal_of_c = refusal(
          [&] { encoder.encode(row_of(metric, Floats(dimension, c)).data(), code.data()); });
      (refusal_of_c.empty() ? legal : refused) = c;
    }
    const Row longest = row_of(metric, Floats(dimension, legal));
    const Row opposite = row_of(metric, Floats(dimension, -legal));
    EXPECT_TRUE(std::isfinite(distance_by_codes(encoder, longest, opposite)));
    EXPECT_TRUE(std::isfinite(distance_by_codes(encoder, longest, longest)));
  }
}

TEST(Encoding, TheLongestLegalVectorsHaveFiniteDistances) {
  for (const Encoding& each : encodings()) {
    for (const std::string_view name : metric_names) {
      SCOPED_TRACE(std::string(each.name) + " " + std::string(name));
      expect_finite(each, metric(name));
    }
  }
}

TEST(Encoding, RefusesADamagedRowWhoseNumbersAreNotFinite) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Encoding& each : encodings()) {
    for (const float bad : {nan, -nan, std::numeric_limits<float>::infinity(), FLT_MAX}) {
      const Encoder encoder(each, metric("euclidean"), Floats(9, 0));
      Row row = row_of(metric("euclidean"), Floats(9, 1));
      store(row.data() + 4 * sizeof(float), bad);
      EXPECT_NE(refusal([&] { code_of(encoder, row); }), "") << each.name;
      EXPECT_NE(refusal([&] { query_of(encoder, row); }), "") << each.name;
    }
  }
}

TEST(Encoding, ASetFarFromTheOriginIsCodedAroundItsMean) {
  Random random(3);
  constexpr std::size_t dimension = 64;
  const Metric& euclidean = metric("euclidean");
  std::vector<Row> rows;
  for (int i = 0; i < 200; ++i) {
    rows.push_back(row_of(euclidean, random_floats(dimension, random, 1000)));
  }
  for (const Encoding& each : encodings()) {
    const Encoder encoder = trained(each, euclidean, rows, dimension);
    const double share = each.name == "rabitq" ? 0.7 : each.name == "i4" ? 0.1 : 0.03;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const float exact = euclidean.kernels().pair(rows[0].data(), rows[i].data(), dimension);
      EXPECT_NEAR(distance_by_codes(encoder, rows[0], rows[i]), exact, share * exact) << each.name;
    }
  }
}

TEST(Encoding, SumsOfTheWidestCodesDoNotOverflow) {
  for (const Encoding& each : encodings()) {
    if (each.name == "f16") continue;  // sums no whole numbers
    SCOPED_TRACE(each.name);
    const Metric& euclidean = metric("euclidean");
    const Floats vector(each.max_dimension, 1);
    const Encoder encoder(each, euclidean, Floats(each.max_dimension, 0));
    const Row row = row_of(euclidean, vector);
    const Row opposite = row_of(euclidean, Floats(each.max_dimension, -1));
    const double far = 4.0 * 65536;
    const double share = each.name == "i8" ? 1e-5 : each.name == "i4" ? 0.01 : 0.1;
    EXPECT_NEAR(distance_by_codes(encoder, row, row), 0, share * far);
    EXPECT_NEAR(distance_by_codes(encoder, row, opposite), far, share * far);
  }
}

TEST(Encoding, OfAnI8CodeUsesAllItsSteps) {
  const Encoder encoder(encoding("i8"), metric("inner_product"), Floats(3, 0));
  const Row code = code_of(encoder, row_of(metric("inner_product"), {2, -2, 0}));
  EXPECT_EQ(numbers_of(encoder, code), (std::vector<double>{127, -127, 0}));
}

TEST(Encoding, RefusesMetricsWithoutInnerProductsAndTooManyComponents) {
  for (const Encoding& each : encodings()) {
    EXPECT_NE(refusal([&] { check_encoding(each, metric("manhattan"), 8); }).find("manhattan"),
              std::string::npos);
    EXPECT_NE(refusal([&] { check_encoding(each, metric("hamming"), 8); }).find("hamming"),
              std::string::npos);
    EXPECT_NE(refusal([&] { check_encoding(each, metric("cosine"), each.max_dimension + 1); }), "");
    EXPECT_NE(refusal([&] { check_encoding(each, metric("cosine"), 0); }), "");
    EXPECT_EQ(refusal([&] { check_encoding(each, metric("cosine"), each.max_dimension); }), "");
  }
}

TEST(Encoding, RefusesAMeanThatIsNotFinite) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const float bad : {nan, -FLT_MAX, std::numeric_limits<float>::infinity()}) {
    EXPECT_NE(refusal([&] { Encoder(encoding("i8"), metric("euclidean"), {0, bad}); }), "");
  }
}

TEST(Encoding, AMisspeltNameIsAnsweredWithTheNearest) {
  EXPECT_NE(refusal([] { encoding("f61"); }).find("did you mean `f16`"), std::string::npos);
}

}  // namespace
}  // namespace skerry::distance
