#include "experiments/table.h"

#include <gtest/gtest.h>

namespace skerry::experiments {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  Table table({Align::left, Align::right});
  table.add({"name", "n"});
  table.add({"a", "1,000"});
  table.add({"last"});
  EXPECT_EQ(table.text(), "name      n\na     1,000\nlast\n");
}

TEST(Table, BlankCellsLeaveNoBlanksAtTheEndOfALine) {
  Table table({Align::left, Align::left});
  table.add({"a", ""});
  table.add({"", ""});
  table.add({"bb", "c"});
  EXPECT_EQ(table.text(), "a\n\nbb  c\n");
}

TEST(Grouped, CommasStandBeforeEveryThirdDigitFromTheEnd) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
}

}  // namespace
}  // namespace skerry::experiments
