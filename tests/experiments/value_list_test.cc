#include "experiments/value_list.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "base/error.h"

namespace skerry::experiments {
namespace {

using Numbers = std::vector<std::int64_t>;

std::string failure(std::string_view text) {
  try {
    parse_range(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ValueList, RangeStandsForItsValues) {
  EXPECT_EQ(parse_range("1..5"), (Numbers{1, 2, 3, 4, 5}));
  EXPECT_EQ(parse_range("8..64:8"), (Numbers{8, 16, 24, 32, 40, 48, 56, 64}));
  EXPECT_EQ(parse_range("10..640*2"), (Numbers{10, 20, 40, 80, 160, 320, 640}));
  EXPECT_EQ(parse_range(" 7 .. 7 "), (Numbers{7}));
  EXPECT_EQ(parse_range("-2..1"), (Numbers{-2, -1, 0, 1}));
}

TEST(ValueList, HighEndThatIsNotHitIsLeftOut) {
  EXPECT_EQ(parse_range("8..20:8"), (Numbers{8, 16}));
  EXPECT_EQ(parse_range("10..100*3"), (Numbers{10, 30, 90}));
}

TEST(ValueList, RangesAtTheEdgeOfNumbersDoNotOverflow) {
  EXPECT_EQ(parse_range("9223372036854775806..9223372036854775807")->size(), 2U);
  EXPECT_EQ(parse_range("-9223372036854775808..9223372036854775807:9223372036854775807"),
            (Numbers{std::numeric_limits<std::int64_t>::min(), -1,
                     std::numeric_limits<std::int64_t>::max() - 1}));
  EXPECT_EQ(parse_range("1..9223372036854775807*2")->size(), 63U);
}

TEST(ValueList, WhatIsNotARangeIsLeftToOthers) {
  EXPECT_FALSE(parse_range("2*M"));
  EXPECT_FALSE(parse_range("16"));
  EXPECT_FALSE(parse_range(""));
}

TEST(ValueList, MisspeltRangesSayWhy) {
  for (const auto& [text, why] :
       std::vector<std::pair<const char*, const char*>>{{"..", "ends must be whole numbers"},
                                                        {"1..", "ends must be whole numbers"},
                                                        {"1..x", "ends must be whole numbers"},
                                                        {"1.5..2", "ends must be whole numbers"},
                                                        {"1..2..3", "ends must be whole numbers"},
                                                        {"5..1", "low end is above"},
                                                        {"1..5:0", "step must be"},
                                                        {"1..5:", "step must be"},
                                                        {"1..5*1", "factor must be"},
                                                        {"0..5*2", "starts at 1"},
                                                        {"1..1000000", "more than 100000"}}) {
    EXPECT_NE(failure(text).find(why), std::string::npos) << text << ": " << failure(text);
  }
}

RC_GTEST_PROP(ValueList, RangesHoldExactlyTheReachableValues, ()) {
  const int low = *rc::gen::inRange(-1000, 1000);
  const int high = low + *rc::gen::inRange(0, 1000);
  const int step = *rc::gen::inRange(1, 50);
  Numbers right;
  for (int value = low; value <= high; value += step) right.push_back(value);
  RC_ASSERT(*parse_range(std::to_string(low) + ".." + std::to_string(high) + ":" +
                         std::to_string(step)) == right);
}

RC_GTEST_PROP(ValueList, GeometricRangesHoldExactlyTheReachableValues, ()) {
  const int low = *rc::gen::inRange(1, 1000);
  const int high = low + *rc::gen::inRange(0, 1'000'000);
  const int factor = *rc::gen::inRange(2, 10);
  Numbers right;
  for (std::int64_t value = low; value <= high; value *= factor) right.push_back(value);
  RC_ASSERT(*parse_range(std::to_string(low) + ".." + std::to_string(high) + "*" +
                         std::to_string(factor)) == right);
}

RC_GTEST_PROP(ValueList, AnyTextIsReadOrRefusedWithAnError, (const std::string& text)) {
  try {
    parse_range(text + ".." + text);
    parse_reference(text);
  } catch (const Error& error) {
    RC_ASSERT(error.code() == Code::invalid_argument);
  }
}

TEST(ValueList, ReferenceIsAKeyOrAMultipleOfOne) {
  EXPECT_EQ(parse_reference("M")->factor, 1);
  EXPECT_EQ(parse_reference(" 8 * M0 ")->factor, 8);
  EXPECT_EQ(parse_reference(" 8 * M0 ")->key, "M0");
  EXPECT_EQ(parse_reference("1*M")->text(), "M");
  EXPECT_EQ(parse_reference("3*M")->text(), "3*M");
  for (const char* text : {"", "16", "2*", "*M", "M*2", "0*M", "-1*M", "2*3", "M + 1", "1.5*M"}) {
    EXPECT_FALSE(parse_reference(text)) << text;
  }
}

}  // namespace
}  // namespace skerry::experiments
