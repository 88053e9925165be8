// Held against CRoaring, which writes the three kinds of containers.

#include "experiments/graphs/roaring_reader.h"

#include <gtest/gtest.h>
#include <roaring/roaring.h>

#include <memory>
#include <set>

#include "base/random.h"

namespace skerry::experiments {
namespace {

using Numbers = std::vector<std::uint32_t>;

std::vector<std::byte> written(const Numbers& numbers, bool runs) {
  const std::unique_ptr<roaring_bitmap_t, decltype(&roaring_bitmap_free)> bitmap(
      roaring_bitmap_of_ptr(numbers.size(), numbers.data()), &roaring_bitmap_free);
  if (runs) roaring_bitmap_run_optimize(bitmap.get());
  std::vector<std::byte> bytes(roaring_bitmap_portable_size_in_bytes(bitmap.get()));
  roaring_bitmap_portable_serialize(bitmap.get(), reinterpret_cast<char*>(bytes.data()));
  return bytes;
}

/// Sets of few numbers, of dense ones (bits) and of ranges (runs), in one to eight containers.
std::vector<Numbers> examples() {
  Random random(3);
  std::vector<Numbers> all = {{}, {0}, {0xffffffffU}, {0, 65535, 65536, 0xffff0000U}};
  for (const std::uint32_t containers : {1U, 3U, 4U, 8U}) {
    for (const std::uint32_t count : {5U, 4096U, 4097U, 20000U}) {
      std::set<std::uint32_t> scattered, ranges;
      for (std::uint32_t c = 0; c < containers; ++c) {
        const std::uint32_t base = (c * 5) << 16;
        while (scattered.size() < (c + 1) * count) {
          scattered.insert(base | static_cast<std::uint32_t>(random.below(65536)));
        }
        for (std::uint32_t i = 0; i < count; ++i) ranges.insert(base + i + i / 100);
      }
      all.emplace_back(scattered.begin(), scattered.end());
      all.emplace_back(ranges.begin(), ranges.end());
    }
  }
  return all;
}

TEST(RoaringReader, ReadsWhatCRoaringWrites) {
  for (const Numbers& numbers : examples()) {
    for (const bool runs : {false, true}) {
      Numbers found = {42};
      EXPECT_EQ(read_roaring(written(numbers, runs), numbers.size(), found), "");
      found.erase(found.begin());
      EXPECT_EQ(found, numbers);
    }
  }
}

TEST(RoaringReader, ChecksABitmapThatMoreBytesFollow) {
  for (const Numbers& numbers : examples()) {
    for (const bool runs : {false, true}) {
      std::vector<std::byte> bytes = written(numbers, runs);
      const std::size_t whole = bytes.size();
      bytes.resize(whole + 3, std::byte{1});
      std::size_t size = 0;
      EXPECT_EQ(check_roaring(bytes, size), "");
      EXPECT_EQ(size, whole);
      size = 0;
      EXPECT_NE(check_roaring(Bytes(bytes).first(whole - 1), size), "");
      EXPECT_EQ(size, 0U);
    }
  }
}

TEST(RoaringReader, RefusesMoreNumbersThanAllowed) {
  Numbers found;
  EXPECT_NE(read_roaring(written({1, 2, 3}, false), 2, found), "");
  found.clear();
  // One run of 65536 numbers in a few bytes.
  Numbers all(65536);
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  EXPECT_NE(read_roaring(written(all, true), 65535, found), "");
  EXPECT_LE(found.size(), 65535U);
}

TEST(RoaringReader, RefusesEveryTruncationAndEveryExtraByte) {
  for (const Numbers& numbers : examples()) {
    if (numbers.size() > 5000) continue;
    for (const bool runs : {false, true}) {
      std::vector<std::byte> bytes = written(numbers, runs);
      for (std::size_t size = 0; size < bytes.size(); size += size < 100 ? 1 : 97) {
        Numbers found;
        EXPECT_NE(read_roaring(Bytes(bytes).first(size), 100000, found), "") << size;
      }
      bytes.push_back(std::byte{0});
      Numbers found;
      EXPECT_NE(read_roaring(bytes, 100000, found), "");
    }
  }
}

TEST(RoaringReader, WhatItTakesAscendsWhateverTheBytes) {
  Random random(9);
  for (const Numbers& numbers : examples()) {
    if (numbers.size() > 5000) continue;
    const std::vector<std::byte> good = written(numbers, random.below(2) == 0);
    for (int i = 0; i < 500; ++i) {
      std::vector<std::byte> bad = good;
      const std::size_t range =
          random.below(2) == 0 ? std::min<std::size_t>(40, bad.size()) : bad.size();
      bad[random.below(range)] = static_cast<std::byte>(random.bits());
      Numbers found;
      if (!read_roaring(bad, 100000, found).empty()) continue;
      for (std::size_t j = 1; j < found.size(); ++j) ASSERT_LT(found[j - 1], found[j]);
    }
  }
}

}  // namespace
}  // namespace skerry::experiments
