// Every kernel against a plain reference and a model of the lane rule, on every instruction set.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "distance/metric.h"
#include "tests/distance/guarded_pages.h"
#include "tests/distance/on_every_target.h"

namespace skerry::distance {
namespace {

std::vector<std::size_t> dimensions() {
  std::vector<std::size_t> all;
  for (std::size_t d = 1; d <= 130; ++d) all.push_back(d);
  for (const std::size_t d : {384, 768, 1024}) all.push_back(d);
  return all;
}

/// A vector of the metric's element: floats around zero, or bits.
std::vector<std::byte> random_vector(const Metric& metric, std::size_t dimension, Random& random) {
  std::vector<std::byte> vector(metric.vector_bytes(dimension));
  if (metric.element == Element::bit) {
    for (std::size_t i = 0; i < dimension; ++i) {
      if (random.below(2) != 0) vector[i / 8] |= static_cast<std::byte>(1U << (i % 8));
    }
    return vector;
  }
  for (std::size_t i = 0; i < dimension; ++i) {
    store(vector.data() + 4 * i, static_cast<float>(random.unit() * 4 - 2));
  }
  return vector;
}

std::vector<std::byte> row_of(const Metric& metric, const std::vector<std::byte>& vector,
                              std::size_t dimension) {
  std::vector<std::byte> row(metric.row_bytes(dimension));
  metric.encode(vector, dimension, row.data());
  return row;
}

/// The lane rule of float_kernels.cc, element by element: lane i mod 32, then the tree.
template <class Term>
float lane_sum(const std::byte* a, const std::byte* b, std::size_t dimension, Term&& term) {
  float lanes[32] = {};
  for (std::size_t i = 0; i < dimension; ++i) {
    volatile const float value = term(load<float>(a + 4 * i), load<float>(b + 4 * i));
    lanes[i % 32] = lanes[i % 32] + value;
  }
  for (std::size_t width = 16; width > 0; width /= 2) {
    for (std::size_t j = 0; j < width; ++j) lanes[j] = lanes[j] + lanes[j + width];
  }
  return lanes[0];
}

float model(const Metric& metric, const std::byte* a, const std::byte* b, std::size_t dimension) {
  if (metric.name == "hamming") {
    int count = 0;
    for (std::size_t i = 0; i < metric.vector_bytes(dimension); ++i) {
      count += std::popcount(std::to_integer<unsigned>(a[i] ^ b[i]));
    }
    return static_cast<float>(count);
  }
  if (metric.name == "euclidean") {
    return lane_sum(a, b, dimension, [](float x, float y) { return (x - y) * (x - y); });
  }
  if (metric.name == "manhattan") {
    return lane_sum(a, b, dimension, [](float x, float y) { return std::fabs(x - y); });
  }
  const float dot = lane_sum(a, b, dimension, [](float x, float y) { return x * y; });
  if (metric.name == "inner_product") return -dot;
  volatile const float scale = load<float>(a + 4 * dimension) * load<float>(b + 4 * dimension);
  volatile const float cosine = dot * scale;
  return std::max(0.0F, 1.0F - cosine);
}

TEST(KernelTargets, AreSwitchedOneByOne) {
  std::vector<std::string> names;
  on_every_target([&] { names.emplace_back(kernel_target()); });
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
#if defined(__x86_64__) && !defined(__AVX2__)  // -march=native leaves only the best
  EXPECT_GE(names.size(), 3U);  // at the least SSSE3, SSE4 and AVX2 on any machine of these years
#endif
}

class Kernel : public testing::TestWithParam<const Metric*> {};

TEST_P(Kernel, GivesTheBitsOfTheLaneRuleOnEveryTargetInEveryForm) {
  const Metric& metric = *GetParam();
  Random random(1);
  for (const std::size_t dimension : dimensions()) {
    SCOPED_TRACE(dimension);
    const auto query = row_of(metric, random_vector(metric, dimension, random), dimension);
    std::vector<std::vector<std::byte>> rows;
    std::vector<const std::byte*> pointers;
    std::vector<float> expected;
    for (int i = 0; i < 9; ++i) {
      rows.push_back(row_of(metric, random_vector(metric, dimension, random), dimension));
      pointers.push_back(rows.back().data());
      expected.push_back(model(metric, query.data(), rows.back().data(), dimension));
    }
    on_every_target([&] {
      const Kernels kernels = metric.kernels();
      for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(std::bit_cast<std::uint32_t>(kernels.pair(query.data(), pointers[i], dimension)),
                  std::bit_cast<std::uint32_t>(expected[i]));
        ASSERT_EQ(std::bit_cast<std::uint32_t>(kernels.pair(pointers[i], query.data(), dimension)),
                  std::bit_cast<std::uint32_t>(expected[i]));
      }
      // Every count from every start, so that each row stands at each place of a group.
      for (std::size_t from = 0; from < rows.size(); ++from) {
        for (std::size_t count = 0; from + count <= rows.size(); ++count) {
          std::vector<float> out(count + 1, -7);
          kernels.batch(query.data(), pointers.data() + from, count, dimension, out.data());
          for (std::size_t i = 0; i < count; ++i) {
            ASSERT_EQ(std::bit_cast<std::uint32_t>(out[i]),
                      std::bit_cast<std::uint32_t>(expected[from + i]));
          }
          ASSERT_EQ(out[count], -7);  // nothing behind the last is written
        }
      }
    });
  }
}

TEST_P(Kernel, AgreesWithDoublePrecision) {
  const Metric& metric = *GetParam();
  Random random(2);
  const Kernels kernels = metric.kernels();
  for (const std::size_t dimension : dimensions()) {
    const auto a = random_vector(metric, dimension, random);
    const auto c = random_vector(metric, dimension, random);
    const auto row_a = row_of(metric, a, dimension);
    const auto row_c = row_of(metric, c, dimension);
    const double exact = exact_distance(metric, a, c, dimension);
    const double found = metric.reported(kernels.pair(row_a.data(), row_c.data(), dimension));
    // Each of the d terms, at most 16, is rounded a few times on its way through at most d / 32 + 5
    // additions; 1 - cos stays below 2.
    const double largest = metric.name == "cosine" ? 2.0 : 16.0 * static_cast<double>(dimension);
    const double bound = largest * 0x1.0p-23 * (static_cast<double>(dimension) / 32 + 8);
    EXPECT_NEAR(found, exact, metric.element == Element::bit ? 0 : bound) << dimension;
  }
}

TEST_P(Kernel, ReadsUnalignedRowsAndNothingBehindThem) {
  const Metric& metric = *GetParam();
  GuardedPages pages;
  Random random(3);
  for (const std::size_t dimension : dimensions()) {
    const auto query = row_of(metric, random_vector(metric, dimension, random), dimension);
    const auto row = row_of(metric, random_vector(metric, dimension, random), dimension);
    const float expected = model(metric, query.data(), row.data(), dimension);
    for (std::size_t offset = 0; offset < 4; ++offset) {
      const std::byte* const place = pages.put(row, offset);
      on_every_target([&] {
        const Kernels kernels = metric.kernels();
        float out[5];
        const std::byte* places[] = {place, place, place, place, place};
        kernels.batch(query.data(), places, 5, dimension, out);
        for (const float distance : out) ASSERT_EQ(distance, expected);
        ASSERT_EQ(kernels.pair(place, query.data(), dimension), expected);
      });
    }
  }
}

TEST_P(Kernel, KeepsWhatItsMetricClaims) {
  const Metric& metric = *GetParam();
  Random random(4);
  const Kernels kernels = metric.kernels();
  constexpr std::size_t dimension = 24;
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::vector<std::byte>> rows;
    for (int i = 0; i < 3; ++i) {
      rows.push_back(row_of(metric, random_vector(metric, dimension, random), dimension));
    }
    const auto root = [&](int i, int j) {
      const float stored = kernels.pair(rows[i].data(), rows[j].data(), dimension);
      EXPECT_TRUE(!metric.non_negative || stored >= 0.0F);
      return std::pow(std::max(0.0, double{stored}), 1.0 / metric.power);
    };
    const double ab = root(0, 1);
    const double bc = root(1, 2);
    const double ac = root(0, 2);
    EXPECT_TRUE(!metric.is_metric || ac <= ab + bc + 1e-5) << ac << " > " << ab << " + " << bc;
    EXPECT_TRUE(!metric.non_negative || root(0, 0) < 1e-3);
  }
}

std::vector<const Metric*> all_metrics() {
  std::vector<const Metric*> all;
  for (const Metric& metric : metrics()) all.push_back(&metric);
  return all;
}

INSTANTIATE_TEST_SUITE_P(AllMetrics, Kernel, testing::ValuesIn(all_metrics()),
                         [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace skerry::distance
