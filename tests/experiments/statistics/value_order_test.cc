#include "experiments/statistics/value_order.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace skerry::experiments {
namespace {

TEST(ValueOrder, NumbersGoBySizeAndBeforeWords) {
  std::vector<std::string> values = {"u32", "128", "16", "delta", "1.5", "nan"};
  std::sort(values.begin(), values.end(), ValueOrder());
  EXPECT_EQ(values, (std::vector<std::string>{"1.5", "16", "128", "delta", "nan", "u32"}));
}

RC_GTEST_PROP(ValueOrder, IsAStrictOrder, ()) {
  const auto word =
      rc::gen::element<std::string>("1", "1.0", "10", "2", "-3", "a", "1a", "", "inf");
  const std::string a = *word;
  const std::string b = *word;
  const std::string c = *word;
  const ValueOrder less;
  RC_ASSERT(!less(a, a));
  RC_ASSERT(a == b || less(a, b) != less(b, a));
  if (less(a, b) && less(b, c)) RC_ASSERT(less(a, c));
}

}  // namespace
}  // namespace skerry::experiments
