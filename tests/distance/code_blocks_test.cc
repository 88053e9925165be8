// Codes that are compared many at a time: the distances of one at a time, on every instruction set.

#include "distance/code_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
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

struct alignas(64) Line {
  std::byte bytes[64];
};

std::vector<std::size_t> dimensions() {
  std::vector<std::size_t> all;
  for (std::size_t d = 1; d <= 140; ++d) all.push_back(d);
  // The last one's sums are added up in several runs, whatever the instruction set.
  for (const std::size_t d : {384, 768, 1024, 20'000}) all.push_back(d);
  return all;
}

class CodeBlocks : public testing::TestWithParam<const Encoding*> {
 protected:
  const BlockForm& form_ = *GetParam()->blocks();
};

TEST_P(CodeBlocks, GiveTheBitsOfTheKernelThatComparesOneAtATime) {
  Random random(1);
  const Metric& euclidean = metric("euclidean");
  for (const std::size_t dimension : dimensions()) {
    SCOPED_TRACE(dimension);
    const Encoder encoder(*GetParam(), euclidean, random_floats(dimension, random));
    const Row query = query_of(encoder, row_of(euclidean, random_floats(dimension, random)));
    std::vector<Row> codes;
    std::vector<const std::byte*> places;
    for (std::size_t i = 0; i < BlockForm::codes; ++i) {
      codes.push_back(code_of(encoder, row_of(euclidean, random_floats(dimension, random))));
    }
    for (const Row& code : codes) places.push_back(code.data());
    Floats expected(BlockForm::codes);
    GetParam()->choose_kernel()(query.data(), places.data(), codes.size(), dimension,
                                expected.data());
    ASSERT_EQ(form_.block_bytes(dimension) % 64, 0U);
    std::vector<Line> block(form_.block_bytes(dimension) / 64);
    Row table(form_.table_bytes(dimension));
    form_.write_table(query.data(), dimension, table.data());
    for (const std::size_t count : {1U, 8U, 9U, 17U, 31U, 32U}) {
      form_.write_block(places.data(), count, dimension, block.data()->bytes);
      on_every_target([&] {
        Floats out(BlockForm::codes + 1, -7);
        form_.choose_kernel()(table.data(), block.data()->bytes, dimension, out.data());
        for (std::size_t i = 0; i < count; ++i) {
          ASSERT_EQ(std::bit_cast<std::uint32_t>(out[i]), std::bit_cast<std::uint32_t>(expected[i]))
              << i << " of " << count;
        }
        ASSERT_EQ(out.back(), -7);  // nothing behind the last is written
      });
    }
  }
}

TEST_P(CodeBlocks, AddUpTheLargestSumsThatThereAre) {
  constexpr std::size_t dimension = 65'536;
  const Metric& product = metric("inner_product");
  const Encoder encoder(*GetParam(), product, Floats(dimension, 0));
  Row query = query_of(encoder, row_of(product, Floats(dimension, 1)));
  Row code = code_of(encoder, row_of(product, Floats(dimension, 1)));
  std::fill_n(query.begin(), dimension, std::byte{255});
  std::fill_n(code.begin(), dimension / 8, std::byte{255});
  const std::vector<const std::byte*> places(BlockForm::codes, code.data());
  Floats expected(BlockForm::codes);
  GetParam()->choose_kernel()(query.data(), places.data(), places.size(), dimension,
                              expected.data());
  std::vector<Line> block(form_.block_bytes(dimension) / 64);
  Row table(form_.table_bytes(dimension));
  form_.write_table(query.data(), dimension, table.data());
  form_.write_block(places.data(), places.size(), dimension, block.data()->bytes);
  on_every_target([&] {
    Floats out(BlockForm::codes);
    form_.choose_kernel()(table.data(), block.data()->bytes, dimension, out.data());
    EXPECT_EQ(out, expected);
  });
}

TEST_P(CodeBlocks, AreMadeOfUnalignedCodesWithoutReadingBehindThem) {
  Random random(2);
  const Metric& cosine = metric("cosine");
  GuardedPages pages;
  for (const std::size_t dimension : {1U, 7U, 8U, 100U, 384U}) {
    const Encoder encoder(*GetParam(), cosine, Floats(dimension, 0));
    const Row query = query_of(encoder, row_of(cosine, random_floats(dimension, random)));
    const Row code = code_of(encoder, row_of(cosine, random_floats(dimension, random)));
    const std::byte* place = code.data();
    float expected = 0;
    GetParam()->choose_kernel()(query.data(), &place, 1, dimension, &expected);
    std::vector<Line> block(form_.block_bytes(dimension) / 64);
    Row table(form_.table_bytes(dimension));
    for (std::size_t offset = 0; offset < 4; ++offset) {
      form_.write_table(pages.put(query, offset), dimension, table.data());
      place = pages.put(code, offset);
      form_.write_block(&place, 1, dimension, block.data()->bytes);
      float out[BlockForm::codes];
      form_.choose_kernel()(table.data(), block.data()->bytes, dimension, out);
      ASSERT_EQ(out[0], expected);
    }
  }
}

std::vector<const Encoding*> with_blocks() {
  std::vector<const Encoding*> some;
  for (const Encoding& each : encodings()) {
    if (each.blocks != nullptr) some.push_back(&each);
  }
  return some;
}

INSTANTIATE_TEST_SUITE_P(AllEncodings, CodeBlocks, testing::ValuesIn(with_blocks()),
                         [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace skerry::distance
