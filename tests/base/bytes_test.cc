#include "base/bytes.h"

#include <gtest/gtest.h>

#include <array>

namespace skerry {
namespace {

TEST(Bytes, TextAndBytesAreTheSameMemory) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(as_bytes(text).size(), 3U);
  EXPECT_EQ(as_text(as_bytes(text)), text);
  EXPECT_EQ(as_text(as_bytes("")), "");
}

TEST(Bytes, LoadAndStoreNeedNoAlignment) {
  std::array<std::byte, 16> bytes{};
  for (std::size_t offset = 0; offset < 8; ++offset) {
    store(&bytes[offset], std::uint64_t{0x0102030405060708});
    EXPECT_EQ(load<std::uint64_t>(&bytes[offset]), 0x0102030405060708U);
    EXPECT_EQ(bytes[offset], std::byte{8});
  }
}

TEST(Bytes, BigEndianIntegersRoundTripAndStartWithTheirHighestByte) {
  std::array<std::byte, 9> bytes{};
  store_be32(&bytes[1], 0x01020304);
  EXPECT_EQ(to_hex(Bytes(bytes).subspan(1, 4)), "01020304");
  EXPECT_EQ(load_be32(&bytes[1]), 0x01020304U);
  store_be64(&bytes[1], 0x0102030405060708);
  EXPECT_EQ(to_hex(Bytes(bytes).subspan(1)), "0102030405060708");
  EXPECT_EQ(load_be64(&bytes[1]), 0x0102030405060708U);
}

TEST(Bytes, BigEndianByteOrderIsNumericOrder) {
  std::array<std::byte, 4> low{}, high{};
  store_be32(low.data(), 0x0000ffff);
  store_be32(high.data(), 0x00010000);
  EXPECT_LT(std::memcmp(low.data(), high.data(), 4), 0);
}

TEST(Bytes, HexHasTwoLowerCaseDigitsAByte) {
  EXPECT_EQ(to_hex(as_bytes(std::string("\x00\x0f\xa0\xff", 4))), "000fa0ff");
  EXPECT_EQ(to_hex({}), "");
}

}  // namespace
}  // namespace skerry
