#include "base/large_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace skerry {
namespace {

TEST(LargePages, StartOnALargePageAndAreZero) {
  for (const std::size_t size : {std::size_t{1}, large_page - 1, large_page, 3 * large_page + 1}) {
    std::byte* const data = map_large_pages(size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(data) % large_page, 0U);
    EXPECT_TRUE(std::all_of(data, data + size, [](std::byte b) { return b == std::byte{0}; }));
    std::fill_n(data, size, std::byte{0xff});
    unmap_large_pages(data, size);
  }
}

TEST(LargePages, AVectorKeepsItsContentsWhileItGrowsOntoThem) {
  std::vector<std::uint32_t, LargePageAllocator<std::uint32_t>> numbers;
  constexpr std::uint32_t count = 2 * large_page / sizeof(std::uint32_t) + 3;
  for (std::uint32_t i = 0; i < count; ++i) numbers.push_back(i);
  const auto copy = numbers;
  for (std::uint32_t i = 0; i < count; ++i) ASSERT_EQ(copy[i], i);
}

TEST(LargePages, MoreThanThereIsIsRefused) {
  LargePageAllocator<std::uint64_t> allocator;
  EXPECT_THROW(allocator.allocate(std::numeric_limits<std::size_t>::max() / 4), std::bad_alloc);
  EXPECT_THROW(allocator.allocate(std::size_t{1} << 58), std::bad_alloc);
}

}  // namespace
}  // namespace skerry
