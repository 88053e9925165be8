#include <gtest/gtest.h>

#include <variant>

#include "heuristics/registry.h"

namespace skerry::heuristics {
namespace {

static_assert(SchedulePolicy<PrefixDoubling>);
static_assert(SchedulePolicy<Sequential>);

/// The batches in which an update of `count` items into an index of `present` comes.
std::vector<std::size_t> batches(std::string_view spec, std::size_t count,
                                 std::size_t present = 0) {
  const AnySchedule any = schedule(spec);
  std::vector<std::size_t> sizes;
  for (std::size_t inserted = 0; inserted < count; inserted += sizes.back()) {
    sizes.push_back(
        std::visit([&](const auto& s) { return s.batch(inserted, present + count); }, any));
    if (sizes.back() == 0) break;
  }
  return sizes;
}

TEST(PrefixDoublingSchedule, StartsAtOneAndDoublesUpToItsCap) {
  // The cap is 0.02 * 1000 = 20.
  const std::vector<std::size_t> sizes = batches("prefix_doubling", 1000);
  ASSERT_GT(sizes.size(), 8U);
  EXPECT_EQ((std::vector<std::size_t>{1, 1, 2, 4, 8, 16, 20, 20}),
            (std::vector<std::size_t>(sizes.begin(), sizes.begin() + 8)));
}

TEST(PrefixDoublingSchedule, StartsAtOneAgainInALaterUpdate) {
  // The cap is 0.02 * (900 + 100) = 20; what this update has inserted is what doubles.
  EXPECT_EQ(batches("prefix_doubling", 100, 900),
            (std::vector<std::size_t>{1, 1, 2, 4, 8, 16, 20, 20, 20, 20}));
}

TEST(PrefixDoublingSchedule, IsNeverZero) {
  EXPECT_EQ(batches("prefix_doubling(cap=0)", 5), (std::vector<std::size_t>(5, 1)));
  EXPECT_EQ(batches("prefix_doubling", 49), (std::vector<std::size_t>(49, 1)));  // 0.02 * 49 < 1
  EXPECT_EQ(std::get<PrefixDoubling>(schedule("prefix_doubling")).batch(0, 0), 1U);
}

TEST(PrefixDoublingSchedule, DoublesToTheEndWithoutACap) {
  EXPECT_EQ(batches("prefix_doubling(1)", 64), (std::vector<std::size_t>{1, 1, 2, 4, 8, 16, 32}));
}

TEST(SequentialSchedule, IsOneAtATime) {
  EXPECT_EQ(batches("sequential", 100), (std::vector<std::size_t>(100, 1)));
}

}  // namespace
}  // namespace skerry::heuristics
