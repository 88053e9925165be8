#include "experiments/formats/scalar.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/matrix_bytes.h"

namespace skerry::experiments {
namespace {

/// The values as `to`, and how many went well.
template <class To, class From>
std::pair<std::size_t, std::vector<To>> converted(Scalar from, Scalar to,
                                                  const std::vector<From>& values) {
  std::vector<To> out(values.size());
  const std::size_t good = convert(from, reinterpret_cast<const std::byte*>(values.data()),
                                   values.size(), to, reinterpret_cast<std::byte*>(out.data()));
  return {good, out};
}

TEST(Scalar, HalvesBecomeTheFloatsThatIeee754Defines) {
  // Bit patterns of zero, minus zero, the smallest subnormal, the largest one, the smallest normal,
  // one, minus two, one third, the largest number.
  const std::vector<std::uint16_t> bits{0x0000, 0x8000, 0x0001, 0x03ff, 0x0400,
                                        0x3c00, 0xc000, 0x3555, 0x7bff};
  const auto [good, floats] = converted<float>(Scalar::f16, Scalar::f32, bits);
  EXPECT_EQ(good, bits.size());
  const std::vector<float> expected{0.0F, -0.0F, 0x1p-24F,    1023 * 0x1p-24F, 0x1p-14F,
                                    1.0F, -2.0F, 0x1.554p-2F, 65504.0F};
  EXPECT_EQ(floats, expected);
  EXPECT_TRUE(std::signbit(floats[1]));
  const auto [all, special] = converted<float>(Scalar::f16, Scalar::f32,
                                               std::vector<std::uint16_t>{0x7c00, 0xfc00, 0x7e00});
  EXPECT_EQ(special[0], std::numeric_limits<float>::infinity());
  EXPECT_EQ(special[1], -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(special[2]));
  EXPECT_EQ(all, 3U);
}

TEST(Scalar, DoublesAreRoundedToTheNearestFloat) {
  const auto [good, floats] = converted<float>(Scalar::f64, Scalar::f32,
                                               std::vector<double>{0.1, 16777217.0, -1e-50, 1e300});
  EXPECT_EQ(good, 4U);
  EXPECT_EQ(floats[0], 0.1F);
  EXPECT_EQ(floats[1], 16777216.0F);
  EXPECT_EQ(floats[2], 0.0F);
  EXPECT_TRUE(std::isinf(floats[3]));
}

TEST(Scalar, IntegersOfEveryWidthBecomeFloats) {
  EXPECT_EQ((converted<float>(Scalar::u8, Scalar::f32, std::vector<std::uint8_t>{255}).second[0]),
            255.0F);
  EXPECT_EQ((converted<float>(Scalar::i8, Scalar::f32, std::vector<std::int8_t>{-128}).second[0]),
            -128.0F);
  EXPECT_EQ(
      (converted<float>(Scalar::u16, Scalar::f32, std::vector<std::uint16_t>{65535}).second[0]),
      65535.0F);
  EXPECT_EQ(
      (converted<float>(Scalar::i16, Scalar::f32, std::vector<std::int16_t>{-32768}).second[0]),
      -32768.0F);
  EXPECT_EQ((converted<float>(Scalar::u64, Scalar::f32, std::vector<std::uint64_t>{1ULL << 40})
                 .second[0]),
            0x1p40F);
  EXPECT_EQ(
      (converted<float>(Scalar::boolean, Scalar::f32, std::vector<std::uint8_t>{0, 1, 7}).second),
      (std::vector<float>{0, 1, 1}));
}

TEST(Scalar, WhatAnIntegerCannotHoldStopsTheConversionAtItsIndex) {
  const auto stop = [](Scalar from, Scalar to, auto values) {
    std::vector<std::int64_t> out(values.size());
    return convert(from, reinterpret_cast<const std::byte*>(values.data()), values.size(), to,
                   reinterpret_cast<std::byte*>(out.data()));
  };
  EXPECT_EQ(stop(Scalar::i32, Scalar::u8, std::vector<std::int32_t>{0, 255, 256}), 2U);
  EXPECT_EQ(stop(Scalar::i32, Scalar::u8, std::vector<std::int32_t>{0, -1}), 1U);
  EXPECT_EQ(stop(Scalar::u8, Scalar::i8, std::vector<std::uint8_t>{127, 128}), 1U);
  EXPECT_EQ(stop(Scalar::f32, Scalar::i32, std::vector<float>{1, -3, 0.5F}), 2U);
  EXPECT_EQ(stop(Scalar::f64, Scalar::i64, std::vector<double>{-0x1p63, 0x1p63}), 1U);
  EXPECT_EQ(stop(Scalar::f64, Scalar::u8, std::vector<double>{1, std::nan("")}), 1U);
  EXPECT_EQ(stop(Scalar::u64, Scalar::i64, std::vector<std::uint64_t>{1, UINT64_MAX}), 1U);
}

TEST(Scalar, BitsArePackedFromTheLowestAndTheRestIsZero) {
  const std::vector<std::uint8_t> values{1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1};
  std::vector<std::byte> out(2, std::byte{0xff});
  EXPECT_EQ(pack_bits(Scalar::u8, reinterpret_cast<const std::byte*>(values.data()), values.size(),
                      out.data()),
            values.size());
  EXPECT_EQ(out[0], std::byte{0b10000001});
  EXPECT_EQ(out[1], std::byte{0b00000110});
}

TEST(Scalar, PackingStopsAtWhatIsNeitherZeroNorOne) {
  const std::vector<float> values{1, 0, 0.5F, 1};
  std::byte out{};
  EXPECT_EQ(pack_bits(Scalar::f32, reinterpret_cast<const std::byte*>(values.data()), 4, &out), 2U);
}

}  // namespace
}  // namespace skerry::experiments
