// The kernels of encodings against the rules in their files, bit by bit, on every instruction set.

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "distance/encoding.h"
#include "tests/distance/code_sets.h"
#include "tests/distance/guarded_pages.h"
#include "tests/distance/on_every_target.h"

namespace skerry::distance {
namespace {

std::vector<std::size_t> dimensions() {
  std::vector<std::size_t> all;
  for (std::size_t d = 1; d <= 140; ++d) all.push_back(d);
  for (const std::size_t d : {384, 768, 1024}) all.push_back(d);
  return all;
}

/// The products of f16 in 32 lanes, added as a tree (float_kernels.cc).
float lane_sum(const Row& query, const Row& code, std::size_t dimension) {
  float lanes[32] = {};
  for (std::size_t i = 0; i < dimension; ++i) {
    volatile const float term =
        load<float>(query.data() + 4 * i) * from_half(load<std::uint16_t>(code.data() + 2 * i));
    lanes[i % 32] = lanes[i % 32] + term;
  }
  for (std::size_t width = 16; width > 0; width /= 2) {
    for (std::size_t j = 0; j < width; ++j) lanes[j] = lanes[j] + lanes[j + width];
  }
  return lanes[0];
}

float whole_sum(const Row& query, const Row& code, std::size_t dimension) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < dimension; ++i) {
    sum += (std::to_integer<int>(code[i]) - 128) * std::to_integer<std::int8_t>(query[i]);
  }
  return static_cast<float>(sum);
}

/// i4: odd numbers.
float level_sum(const Row& query, const Row& code, std::size_t dimension) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < dimension; ++i) {
    sum += level_of(code, i, dimension) * std::to_integer<std::int8_t>(query[i]);
  }
  return static_cast<float>(sum);
}

/// rabitq: plus or minus what the query holds.
float signed_sum(const Row& query, const Row& code, std::size_t dimension) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < dimension; ++i) {
    const int k = std::to_integer<int>(query[i]) - 128;
    sum += bit_of(code, i) ? k : -k;
  }
  return static_cast<float>(sum);
}

float model(const Encoder& encoder, const Row& query, const Row& code) {
  const std::string_view name = encoder.encoding().name;
  const auto rule = name == "i8"    ? &whole_sum
                    : name == "f16" ? &lane_sum
                    : name == "i4"  ? &level_sum
                                    : &signed_sum;
  const float sum = rule(query, code, encoder.dimension());
  volatile const float scaled = scale_of(code) * sum;
  volatile const float product = scale_of(query) * scaled;
  volatile const float biases = bias_of(query) + bias_of(code);
  return biases - product;
}

class CodeKernel : public testing::TestWithParam<const Encoding*> {};

TEST_P(CodeKernel, GivesTheSameBitsOnEveryTargetAtEveryPlaceOfABatch) {
  Random random(1);
  const Metric& euclidean = metric("euclidean");
  for (const std::size_t dimension : dimensions()) {
    SCOPED_TRACE(dimension);
    const Encoder encoder(*GetParam(), euclidean, random_floats(dimension, random));
    const Row query = query_of(encoder, row_of(euclidean, random_floats(dimension, random)));
    std::vector<Row> codes;
    std::vector<const std::byte*> places;
    std::vector<float> expected;
    for (int i = 0; i < 9; ++i) {
      codes.push_back(code_of(encoder, row_of(euclidean, random_floats(dimension, random))));
      expected.push_back(model(encoder, query, codes.back()));
    }
    for (const Row& code : codes) places.push_back(code.data());
    on_every_target([&] {
      const BatchKernel kernel = GetParam()->choose_kernel();
      for (std::size_t from = 0; from < codes.size(); ++from) {
        for (std::size_t count = 0; from + count <= codes.size(); ++count) {
          Floats out(count + 1, -7);
          kernel(query.data(), places.data() + from, count, dimension, out.data());
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

TEST_P(CodeKernel, ReadsUnalignedCodesAndNothingBehindThem) {
  Random random(2);
  const Metric& cosine = metric("cosine");
  GuardedPages code_pages;
  GuardedPages query_pages;
  for (const std::size_t dimension : dimensions()) {
    const Encoder encoder(*GetParam(), cosine, Floats(dimension, 0));
    const Row query = query_of(encoder, row_of(cosine, random_floats(dimension, random)));
    const Row code = code_of(encoder, row_of(cosine, random_floats(dimension, random)));
    const float expected = model(encoder, query, code);
    for (std::size_t offset = 0; offset < 4; ++offset) {
      const std::byte* const place = code_pages.put(code, offset);
      const std::byte* const asked = query_pages.put(query, offset);
      on_every_target([&] {
        float out[5];
        const std::byte* places[] = {place, place, place, place, place};
        GetParam()->choose_kernel()(asked, places, 5, dimension, out);
        for (const float distance : out) ASSERT_EQ(distance, expected);
      });
    }
  }
}

TEST_P(CodeKernel, TakesTheSmallestHalvesForWhatTheyAre) {
  // Components 2^-24 of the largest: subnormal as halves, nothing as bytes.
  const Metric& product = metric("inner_product");
  Floats vector(40, 0x1.0p-24F);
  vector[0] = 0.75F;
  const Encoder encoder(*GetParam(), product, Floats(40, 0));
  const Row code = code_of(encoder, row_of(product, vector));
  const Row query = query_of(encoder, row_of(product, vector));
  const float expected = model(encoder, query, code);
  on_every_target([&] {
    const std::byte* place = code.data();
    float out = 0;
    GetParam()->choose_kernel()(query.data(), &place, 1, 40, &out);
    ASSERT_EQ(out, expected);
  });
}

std::vector<const Encoding*> all_encodings() {
  std::vector<const Encoding*> all;
  for (const Encoding& each : encodings()) all.push_back(&each);
  return all;
}

INSTANTIATE_TEST_SUITE_P(AllEncodings, CodeKernel, testing::ValuesIn(all_encodings()),
                         [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace skerry::distance
