// One suite over every link codec.

#include <gtest/gtest.h>
#include <roaring/roaring.h>

#include <string>

#include "base/random.h"
#include "graph/codec/codec.h"

namespace skerry::graph {
namespace {

class LinkCodecContract : public testing::TestWithParam<const LinkCodec*> {
 protected:
  std::vector<std::byte> encode(const std::vector<Slot>& slots) {
    std::vector<std::byte> value;
    GetParam()->encode(slots, 0, value);
    return value;
  }
};

/// Ascending, distinct, below `limit`.
std::vector<Slot> random_list(Random& random, std::size_t count, Slot limit) {
  std::vector<Slot> slots;
  while (slots.size() < count) {
    slots.push_back(static_cast<Slot>(random.below(limit)));
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  }
  return slots;
}

TEST_P(LinkCodecContract, RoundTripsRandomLists) {
  Random random(1);
  std::vector<Slot> decoded;
  for (const Slot limit : {Slot{40}, Slot{70000}, Slot{20000000}, max_slots}) {
    for (const std::size_t count : {0U, 1U, 2U, 16U, 32U}) {
      for (int round = 0; round < 50; ++round) {
        const std::vector<Slot> slots = random_list(random, count, limit);
        ASSERT_EQ(GetParam()->decode(encode(slots), {0, limit, 32}, decoded), Code::ok);
        EXPECT_EQ(decoded, slots);
      }
    }
  }
}

TEST_P(LinkCodecContract, RoundTripsTheLargestList) {
  Random random(2);
  const std::vector<Slot> slots = random_list(random, 4096, 9000);
  std::vector<Slot> decoded;
  ASSERT_EQ(GetParam()->decode(encode(slots), {0, 9000, 4096}, decoded), Code::ok);
  EXPECT_EQ(decoded, slots);
}

TEST_P(LinkCodecContract, AppendsToWhatIsThere) {
  std::vector<std::byte> value(3, std::byte{7});
  GetParam()->encode(std::vector<Slot>{5, 9}, 0, value);
  std::vector<Slot> decoded;
  EXPECT_EQ(value[2], std::byte{7});
  EXPECT_EQ(GetParam()->decode(Bytes(value).subspan(3), {0, 10, 2}, decoded), Code::ok);
  EXPECT_EQ(decoded, (std::vector<Slot>{5, 9}));
}

TEST_P(LinkCodecContract, RefusesAListThatIsTooLong) {
  std::vector<Slot> decoded;
  EXPECT_EQ(GetParam()->decode(encode({1, 2, 3}), {0, 10, 2}, decoded), Code::corrupt);
}

TEST_P(LinkCodecContract, RefusesASlotAtTheLimit) {
  std::vector<Slot> decoded;
  EXPECT_EQ(GetParam()->decode(encode({1, 10}), {0, 10, 4}, decoded), Code::corrupt);
  EXPECT_EQ(GetParam()->decode(encode({1, 9}), {0, 10, 4}, decoded), Code::ok);
}

TEST_P(LinkCodecContract, DamagedBytesGiveCorruptOrAValidList) {
  Random random(3);
  constexpr Slot limit = 100000;
  std::vector<Slot> decoded;
  std::size_t refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::byte> value = encode(random_list(random, random.below(33), limit));
    for (std::uint64_t flips = 1 + random.below(4); flips > 0 && !value.empty(); --flips) {
      value[random.below(value.size())] ^= static_cast<std::byte>(1U << random.below(8));
    }
    if (random.below(2) == 0) value.resize(random.below(value.size() + 8));
    const Code code = GetParam()->decode(value, {0, limit, 32}, decoded);
    if (code != Code::ok) {
      ASSERT_EQ(code, Code::corrupt);
      ++refused;
      continue;
    }
    ASSERT_LE(decoded.size(), 32U);
    for (std::size_t i = 0; i < decoded.size(); ++i) {
      ASSERT_LT(decoded[i], limit);
      if (i > 0) {
        ASSERT_LT(decoded[i - 1], decoded[i]);
      }
    }
    // What decodes is what encode() would have written: each list has one encoding.
    ASSERT_EQ(encode(decoded), value);
  }
  EXPECT_GT(refused, 1000U);
}

TEST_P(LinkCodecContract, ArbitraryBytesNeverBreakIt) {
  Random random(4);
  std::vector<Slot> decoded;
  for (int round = 0; round < 50000; ++round) {
    std::vector<std::byte> value(random.below(64));
    for (std::byte& b : value) b = static_cast<std::byte>(random.bits());
    const Code code = GetParam()->decode(value, {0, 1000, 32}, decoded);
    ASSERT_TRUE(code == Code::ok || code == Code::corrupt);
  }
}

INSTANTIATE_TEST_SUITE_P(AllCodecs, LinkCodecContract, testing::ValuesIn(link_codecs()),
                         [](const auto& info) { return std::string(info.param->name()); });

TEST(U32Codec, TakesFourBytesALink) {
  std::vector<std::byte> value;
  link_codec("u32").encode(std::vector<Slot>{1, 0x01020304}, 0, value);
  EXPECT_EQ(to_hex(value), "0100000004030201");
}

TEST(DeltaCodec, WritesTheFirstSlotAndThenGapsLessOne) {
  std::vector<std::byte> value;
  // 300 = 0b10'0101100 -> ac 02; 301 follows at once -> gap 0; 429 = 302 + 127 -> 7f.
  link_codec("delta").encode(std::vector<Slot>{300, 301, 429}, 0, value);
  EXPECT_EQ(to_hex(value), "ac02007f");
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

TEST(LinkCodecs, AMisspeltNameIsAnsweredWithTheNearest) {
  try {
    link_codec("delt");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::invalid_argument);
    EXPECT_NE(std::string(error.what()).find("delta"), std::string::npos);
  }
}

}  // namespace
}  // namespace skerry::graph
