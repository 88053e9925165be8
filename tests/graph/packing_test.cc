#include "graph/packing.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "graph/write_index.h"
#include "tests/support/expect_error.h"

namespace skerry::graph {
namespace {

std::vector<std::byte> list_of(std::string_view text) {
  const Bytes bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

TEST(Layout, IsSpeltWithoutItsDefaults) {
  EXPECT_EQ(Layout::parse("apart").spec(), "apart");
  EXPECT_EQ(Layout::parse("apart(1, 16)").spec(), "apart(links=16)");
  EXPECT_EQ(Layout::parse("apart(links=page, vectors=4)").spec(), "apart(vectors=4, links=page)");
  EXPECT_EQ(Layout::parse("together(items=4)").spec(), "together(items=4)");
  EXPECT_EQ(Layout::parse("together(1)").spec(), "together");
  EXPECT_EQ(Layout::parse("inline").spec(), "inline");
}

TEST(Layout, AWrongSpecSaysWhatWouldBeRight) {
  support::expect_error(Code::invalid_argument, {"apart"}, [] { Layout::parse("apert"); });
  support::expect_error(Code::invalid_argument, {"links"}, [] { Layout::parse("apart(link=4)"); });
  support::expect_error(Code::invalid_argument, {"4096"}, [] { Layout::parse("apart(links=0)"); });
  support::expect_error(Code::invalid_argument, {"inline"},
                        [] { Layout::parse("inline(links=2)"); });
  support::expect_error(Code::invalid_argument, {"bulk"}, [] { Via::parse("blk"); });
  support::expect_error(Code::invalid_argument, {"items"}, [] { Via::parse("transactions(0)"); });
}

// Three items to a value: lists "ab", "" and "c" have the sizes 2, 0 and 1, written as 3, 1 and 2.
TEST(Packing, WritesTheSizesPlusOneAndThenTheLists) {
  const Packing packing({false, 1, 3}, 5, 0);
  const std::vector<std::vector<std::byte>> lists = {list_of("ab"), {}, list_of("c")};
  std::vector<std::byte> value;
  packing.pack_lists(lists, value);
  EXPECT_EQ(as_text(value),
            "\x03\x01\x02"
            "abc");
  Bytes list;
  for (Slot slot = 0; slot < 3; ++slot) {
    ASSERT_EQ(packing.list(value, slot, list), Code::ok);
    EXPECT_EQ(as_text(list), as_text(lists[slot]));
  }
  // The last value has the two items that are left.
  EXPECT_EQ(packing.list(as_bytes("\x02\x02xy"), 4, list), Code::ok);
  EXPECT_EQ(as_text(list), "y");
  EXPECT_EQ(packing.list_blocks(), 2U);
}

TEST(Packing, AnItemWithoutAListIsNotFoundAndDamageIsCorrupt) {
  const Packing packing({false, 1, 2}, 4, 0);
  Bytes list;
  using namespace std::string_view_literals;
  EXPECT_EQ(packing.list(as_bytes("\x00\x02x"sv), 0, list), Code::not_found);
  EXPECT_EQ(packing.list(as_bytes("\x00\x02x"sv), 1, list), Code::ok);
  EXPECT_EQ(packing.list(as_bytes("\x02\x02x"sv), 0, list), Code::corrupt);
  EXPECT_EQ(packing.list(as_bytes("\x02"sv), 0, list), Code::corrupt);
  EXPECT_EQ(packing.list(as_bytes("\x02\x01xx"sv), 0, list), Code::corrupt);
  EXPECT_EQ(packing.list(as_bytes("\xff\xff\xff\xff\xff\xff"sv), 0, list), Code::corrupt);
  EXPECT_EQ(packing.list({}, 0, list), Code::corrupt);
}

TEST(Packing, ArbitraryBytesNeverLeadOutOfTheValue) {
  Random random(7);
  for (int round = 0; round < 20000; ++round) {
    const Packing packing({random.below(2) == 0, 3, 3}, 7, 5);
    std::vector<std::byte> value(random.below(40));
    for (std::byte& b : value) b = static_cast<std::byte>(random.bits());
    const auto slot = static_cast<Slot>(random.below(7));
    Bytes list;
    if (packing.list(value, slot, list) == Code::ok) {
      ASSERT_GE(list.data(), value.data());
      ASSERT_LE(list.data() + list.size(), value.data() + value.size());
    }
    const std::byte* row = nullptr;
    if (packing.row(value, slot, row) == Code::ok) {
      ASSERT_GE(row, value.data());
      ASSERT_LE(row + 5, value.data() + value.size());
    }
  }
}

TEST(Packing, TogetherHasTheRowsFirst) {
  const Packing packing({true, 2, 2}, 4, 3);
  const Bytes value = as_bytes(
      "rowROW\x02\x03"
      "abb");
  const std::byte* row = nullptr;
  Bytes list;
  ASSERT_EQ(packing.row(value, 3, row), Code::ok);
  EXPECT_EQ(as_text({row, 3}), "ROW");
  ASSERT_EQ(packing.list(value, 3, list), Code::ok);
  EXPECT_EQ(as_text(list), "bb");
}

// Rows of 1,000 bytes: four fit a page of 4,096 less 16. Lists of 40 bytes and a byte for their
// size: 4,080 / 41 = 99.
TEST(Resolve, APageHoldsAsManyAsFit) {
  const std::vector<std::uint32_t> lists(1000, 40);
  EXPECT_EQ(resolve(Layout::parse("apart(page, page)"), 4096, 1000, lists), (Layout{false, 4, 99}));
  // Together an item takes 1,041 bytes: three fit.
  EXPECT_EQ(resolve(Layout::parse("together(page)"), 4096, 1000, lists), (Layout{true, 3, 3}));
  EXPECT_EQ(resolve(Layout::parse("apart(page, 1)"), 4096, 9000, lists), (Layout{false, 1, 1}));
  EXPECT_EQ(resolve(Layout::parse("apart(2, 3)"), 4096, 9000, lists), (Layout{false, 2, 3}));
}

// What is left of pages of 4,096 bytes behind a header of 16. 1,540 B: five rows leave 6 % of two
// pages, 13 rows 2.2 % of five. 3,840 B: 17 rows fill 16 pages but for 0.4 %. 6,144 B: 7 rows leave
// 4.5 % of 11. 400 B: ten rows leave 2.3 % of one.
TEST(Resolve, RowsThatFitLeaveAtMostFivePercentOfTheirPages) {
  const auto rows = [](std::size_t row_bytes, std::size_t page_size) {
    return resolve(Layout::parse("apart(vectors=fit)"), page_size, row_bytes, {}).rows_per_value;
  };
  EXPECT_EQ(rows(1540, 4096), 13U);
  EXPECT_EQ(rows(3840, 4096), 17U);
  EXPECT_EQ(rows(6144, 4096), 7U);
  EXPECT_EQ(rows(400, 4096), 10U);
  EXPECT_EQ(rows(1540, 0), 13U) << "as with pages of 4,096 bytes";
  for (std::size_t row_bytes = 1; row_bytes < 3072; ++row_bytes) {
    const std::size_t used = rows(row_bytes, 4096) * row_bytes;
    const std::size_t pages = (used + 16 + 4095) / 4096;
    EXPECT_LE(used, std::size_t{64} << 10);
    EXPECT_GE(used * 100, pages * 4096 * 95) << row_bytes;
  }
}

// One row of 18,000 bytes leaves 12 % of five pages, two leave 2.3 % of nine. Rows of 4,096 bytes
// always spill over into one page more: 16 leave 5.9 % of 17, and a 17th is past 64 KiB.
TEST(Resolve, RowsThatFitMakeNoValueAbove64KiBButOfOneRow) {
  const auto rows = [](std::size_t row_bytes) {
    return resolve(Layout::parse("apart(vectors=fit)"), 4096, row_bytes, {}).rows_per_value;
  };
  EXPECT_EQ(rows(18000), 2U);
  EXPECT_EQ(rows(4096), 16U);
  EXPECT_EQ(rows(100000), 1U);
}

TEST(Layout, OnlyRowsCanFit) {
  EXPECT_EQ(Layout::parse("apart(vectors=fit)").spec(), "apart(vectors=fit)");
  support::expect_error(Code::invalid_argument, {"links"}, [] { Layout::parse("apart(1, fit)"); });
  support::expect_error(Code::invalid_argument, {"items"},
                        [] { Layout::parse("together(items=fit)"); });
}

TEST(Resolve, NoValueOfAnyBlockIsLargerThanThePage) {
  Random random(3);
  std::vector<std::uint32_t> lists(5000);
  for (std::uint32_t& size : lists) size = static_cast<std::uint32_t>(random.below(200));
  const Layout layout = resolve(Layout::parse("apart(links=page)"), 4096, 8, lists);
  EXPECT_GT(layout.lists_per_value, 20U);
  for (std::size_t first = 0; first < lists.size(); first += layout.lists_per_value) {
    std::size_t bytes = 0;
    for (std::size_t i = first; i < std::min(lists.size(), first + layout.lists_per_value); ++i) {
      bytes += lists[i] + (lists[i] + 1 < 128 ? 1 : 2);
    }
    EXPECT_LE(bytes, 4080U);
  }
}

}  // namespace
}  // namespace skerry::graph
