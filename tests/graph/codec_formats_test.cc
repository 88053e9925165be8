// The bytes of each link codec, worked out by hand on one list, and sizes against formulas.

#include <gtest/gtest.h>
#include <roaring/roaring.h>

#include <algorithm>
#include <bit>
#include <string>

#include "base/random.h"
#include "graph/codec/codec.h"
#include "tests/graph/codec_lists.h"

namespace skerry::graph {
namespace {

const std::vector<Slot> hand_list = {300, 301, 429};  // gaps 1 and 128

std::string hex(std::string_view codec, const std::vector<Slot>& slots, Slot own = 0) {
  return to_hex(encoded(link_codec(codec), slots, own));
}

TEST(LinkCodecs, WriteTheEmptyListAsTheEmptyValue) {
  for (const LinkCodec* codec : link_codecs()) {
    if (codec->name() == "roaring") continue;  // its format has a header of 8 bytes
    EXPECT_TRUE(encoded(*codec, {}).empty()) << codec->name();
  }
}

TEST(U32Codec, TakesFourBytesALink) { EXPECT_EQ(hex("u32", {1, 0x01020304}), "0100000004030201"); }

TEST(DeltaCodec, WritesTheFirstSlotAndThenGapsLessOne) {
  // 300 = 0b10'0101100 -> ac 02; gap 1 -> 00; gap 128 -> 7f.
  EXPECT_EQ(hex("delta", hand_list), "ac02007f");
}

TEST(DeltaCodec, FromOwnWritesHowManyAreBelowAndTwoRunsOutwards) {
  EXPECT_EQ(hex("delta(from=own)", hand_list, 300),
            "00"
            "00"
            "00"
            "7f");
  EXPECT_EQ(hex("delta(from=own)", hand_list, 301),
            "01"
            "00"
            "00"
            "7f");
  // Below 400: 301 and 300, with 98 and 0 slots between; 29 slots from 400 to before 429.
  EXPECT_EQ(hex("delta(from=own)", hand_list, 400),
            "02"
            "62"
            "00"
            "1d");
  // 570 = 0b100'0111010 slots between 429 and 1000.
  EXPECT_EQ(hex("delta(from=own)", hand_list, 1000),
            "03"
            "ba04"
            "7f"
            "00");
}

TEST(StreamVByteCodec, WritesLengthsAndThenBytes) {
  // 300, 0, 127: lengths 2, 1, 1, less one in two bits each: 0b00'00'01.
  EXPECT_EQ(hex("streamvbyte", hand_list),
            "01"
            "2c01"
            "00"
            "7f");
  // Four bytes: 2^24 (length code 3).
  EXPECT_EQ(hex("streamvbyte", {1U << 24}),
            "03"
            "00000001");
}

TEST(BitpackedCodec, WritesTwoWidthsTheFirstNumberAndGaps) {
  // From bit 0 up: 9 - 1 in 5 bits, 8 - 1 in 5, 300 in 9, 1 in 8, 128 in 8: 35 bits.
  // 8 + (7 << 5) + (300 << 10) + (1 << 19) + (128 << 27) = 0x4000cb0e8.
  EXPECT_EQ(hex("bitpacked", hand_list), "e8b00c0004");
}

TEST(RiceCodec, WritesQuotientsFromTheFrontAndRemaindersFromTheBack) {
  // 300, 0, 127. With 6 low bits, 3 x 7 + 4 + 0 + 1 = 26 bits; so with 7, and more with others.
  // Front: 6 in 5 bits, then 00001, 1, 01: ones at bits 9, 10 and 12.
  // Back, 32 bits in all: 300 mod 64 = 44 at bit 26, 0 at bit 20, 127 mod 64 = 63 at bit 14.
  // 0x1606 + (44 << 26) + (63 << 14) = 0xb00fd606.
  EXPECT_EQ(hex("rice", hand_list), "06d60fb0");
}

TEST(RiceCodec, FromOwnWritesHowManyAreBelowAfterTheWidth) {
  // One below 301: 0, then 0, 127. Best with 5 low bits: 18 + 3 = 21. 5 in 5 bits, then 1 below:
  // a one and 1 in 3 bits; ones at bits 9, 10, 14. 30 bits, so 32: 0 at bits 27 and 22, and
  // 127 mod 32 = 31 at bit 17: 5 + 0x60 + 0x4600 + (31 << 17) = 0x003e4665.
  EXPECT_EQ(hex("rice(from=own)", hand_list, 301), "65463e00");
}

TEST(ExpGolombCodec, WritesMagnitudesFromTheFrontAndTheBitsBelowThemFromTheBack) {
  // 300, 0, 127 are 9, 0 and 7 bits wide, 5 on average. With 5, magnitudes of 300 / 32 + 1 = 10,
  // 1 and 127 / 32 + 1 = 4 are 3, 0, 2: 10 + 3 x 6 = 28 bits; with 4 they are 4, 0, 3: 29 bits.
  // Front: 5 in 5 bits, ones at bits 8, 9 and 12. 33 bits, so 40. From the back:
  // 300 - 7 x 32 = 76 in 8 bits at 32, 0 in 5 at 27, 127 - 3 x 32 = 31 in 7 at 20.
  EXPECT_EQ(hex("exp_golomb", hand_list), "0513f0014c");
}

TEST(ExpGolombCodec, FromOwnWritesHowManyAreBelowAfterTheWidth) {
  // One below 301: 0, then 0, 127, on average 2 bits wide. With 1: magnitudes 0, 0, 6, 18 bits;
  // with 2: 0, 0, 5, 19 bits. 1 in 5 bits, 1 below as for rice, ones at bits 9, 10, 17. 27 bits, so
  // 32: 0 at bits 31 and 30, 127 - 63 x 2 = 1 in 7 bits at 23.
  EXPECT_EQ(hex("exp_golomb(from=own)", hand_list, 301), "61068200");
}

TEST(EliasFanoCodec, WritesHighPartsFromTheFrontAndLowPartsFromTheBack) {
  // With 6 low bits: 3 x 7 + (429 >> 6) = 27 bits, 5 more for the width: 32.
  // High parts 4, 4, 6: codes 00001, 1, 001 with ones at bits 9, 10 and 13.
  // Low parts 44, 45, 45 at bits 26, 20, 14: 6 + 0x2600 + (44 << 26) + (45 << 20) + (45 << 14).
  EXPECT_EQ(hex("elias_fano", hand_list), "0666dbb2");
}

TEST(RoaringCodec, IsReadByCRoaringItself) {
  const std::vector<Slot> slots = {3, 70, 65536, 65537, 2000000};
  std::vector<std::byte> value;
  link_codec("roaring").encode(slots, 0, value);
  // 8 header + 3 containers of 8 + 5 values of 2.
  EXPECT_EQ(value.size(), 8U + 3U * 8U + 5U * 2U);
  roaring_bitmap_t* bitmap = roaring_bitmap_portable_deserialize_safe(
      reinterpret_cast<const char*>(value.data()), value.size());
  ASSERT_NE(bitmap, nullptr);
  std::vector<Slot> read(roaring_bitmap_get_cardinality(bitmap));
  roaring_bitmap_to_uint32_array(bitmap, read.data());
  roaring_bitmap_free(bitmap);
  EXPECT_EQ(read, slots);
}

/// The fewest bits over all widths.
template <class Bits>
std::size_t fewest(const Bits& bits_at) {
  std::size_t fewest = bits_at(0);
  for (unsigned width = 1; width < 32; ++width) fewest = std::min(fewest, bits_at(width));
  return fewest;
}

std::size_t bytes_of(std::size_t bits) { return (bits + 7) / 8; }

/// Lists of 1..40 links, near together and far apart.
class LinkCodecSizes : public testing::Test {
 protected:
  template <class Check>
  void for_lists(const Check& check) {
    Random random(8);
    for (int round = 0; round < 300; ++round) {
      const auto limit = static_cast<Slot>(50 + (std::uint64_t{1} << random.below(31)));
      check(random_list(random, 1 + random.below(40), limit));
    }
  }

  /// The first slot, and the gaps less one.
  static std::vector<Slot> numbers(const std::vector<Slot>& slots) {
    std::vector<Slot> numbers = {slots[0]};
    for (std::size_t i = 1; i < slots.size(); ++i) numbers.push_back(slots[i] - slots[i - 1] - 1);
    return numbers;
  }
};

TEST_F(LinkCodecSizes, RiceTakesTheSumOfItsShortestCodes) {
  for_lists([](const std::vector<Slot>& slots) {
    const std::size_t bits = fewest([&](unsigned width) {
      std::size_t sum = 5;
      for (const Slot number : numbers(slots)) sum += (number >> width) + 1 + width;
      return sum;
    });
    ASSERT_EQ(encoded(link_codec("rice"), slots).size(), bytes_of(bits));
  });
}

TEST_F(LinkCodecSizes, ExpGolombTakesTheSumOfItsCodesAtOneOfTwoParameters) {
  for_lists([](const std::vector<Slot>& slots) {
    const auto bits_at = [&](unsigned parameter) {
      std::size_t sum = 5;
      for (const Slot number : numbers(slots)) {
        const Slot shifted = (number >> parameter) + 1;
        sum += 2 * (static_cast<unsigned>(std::bit_width(shifted)) - 1) + 1 + parameter;
      }
      return sum;
    };
    std::size_t widths = 0;
    for (const Slot number : numbers(slots)) {
      widths += static_cast<unsigned>(std::bit_width(number));
    }
    const auto mean = static_cast<unsigned>(widths / slots.size());
    const std::size_t bits = std::min(bits_at(mean), bits_at(mean == 0 ? 0 : mean - 1));
    ASSERT_EQ(encoded(link_codec("exp_golomb"), slots).size(), bytes_of(bits));
  });
}

TEST_F(LinkCodecSizes, FromOwnIsSmallerForListsAroundTheirOwner) {
  std::size_t from_zero = 0;
  std::size_t from_own = 0;
  Random random(9);
  for (int round = 0; round < 300; ++round) {
    const auto own = static_cast<Slot>(100000 + random.below(100000));
    std::vector<Slot> slots = random_list(random, 20, 2000);
    for (Slot& slot : slots) slot += own - 1000;
    from_zero += encoded(link_codec("rice"), slots, own).size();
    from_own += encoded(link_codec("rice(from=own)"), slots, own).size();
  }
  EXPECT_LT(from_own, from_zero);
}

TEST_F(LinkCodecSizes, EliasFanoTakesItsBestSplit) {
  for_lists([](const std::vector<Slot>& slots) {
    const std::size_t bits = fewest(
        [&](unsigned width) { return 5 + slots.size() * (width + 1) + (slots.back() >> width); });
    ASSERT_EQ(encoded(link_codec("elias_fano"), slots).size(), bytes_of(bits));
  });
}

TEST_F(LinkCodecSizes, BitpackedTakesTheLargestGapsWidthForEachGap) {
  for_lists([](const std::vector<Slot>& slots) {
    Slot largest = 1;
    for (std::size_t i = 1; i < slots.size(); ++i) {
      largest = std::max(largest, slots[i] - slots[i - 1]);
    }
    const auto first = static_cast<std::size_t>(std::bit_width(std::max(slots[0], Slot{1})));
    const auto gap = static_cast<std::size_t>(std::bit_width(largest));
    ASSERT_EQ(encoded(link_codec("bitpacked"), slots).size(),
              bytes_of(10 + first + (slots.size() - 1) * gap));
  });
}

}  // namespace
}  // namespace skerry::graph
