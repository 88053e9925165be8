// Level laws: exact thresholds, their distribution, and what they may depend on.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <variant>

#include "base/random.h"
#include "heuristics/registry.h"

namespace skerry::heuristics {
namespace {

static_assert(LevelPolicy<Hashed>);
static_assert(LevelPolicy<Geometric>);
static_assert(LevelPolicy<Flat>);

unsigned level(std::string_view spec, const LevelInput& input) {
  return std::visit([&](const auto& law) { return law.level(input); }, levels(spec));
}

/// How many of `count` items get each level.
std::array<double, max_level + 1> histogram(std::string_view spec, std::uint64_t seed,
                                            std::size_t count, std::uint32_t M) {
  const AnyLevels law = levels(spec);
  std::array<double, max_level + 1> counts{};
  for (std::size_t i = 0; i < count; ++i) {
    ++counts[std::visit([&](const auto& l) { return l.level({seed, i, i, M}); }, law)];
  }
  return counts;
}

/// Pearson's statistic against P(level >= l) = ratio^l, with levels 4 and above as one class: four
/// degrees of freedom.
double chi_square(const std::array<double, max_level + 1>& counts, double ratio) {
  double total = 0;
  for (const double count : counts) total += count;
  double statistic = 0;
  double rest = 0;
  for (std::size_t l = 4; l < counts.size(); ++l) rest += counts[l];
  for (int l = 0; l <= 4; ++l) {
    const double probability = std::pow(ratio, l) * (l < 4 ? 1 - ratio : 1);
    const double expected = total * probability;
    const double seen = l < 4 ? counts[static_cast<std::size_t>(l)] : rest;
    statistic += (seen - expected) * (seen - expected) / expected;
  }
  return statistic;
}

constexpr double chi_square_999 = 18.467;  // 99.9 % quantile, four degrees of freedom

TEST(LevelScale, AutoCutsAtTwoToThe64OverPowersOfM) {
  const LevelScale scale;
  // 2^64 / 3 = 6148914691236517205.3, / 9 = 2049638230412172401.8.
  EXPECT_EQ(scale.level(6148914691236517206U, 3), 0U);
  EXPECT_EQ(scale.level(6148914691236517205U, 3), 1U);
  EXPECT_EQ(scale.level(2049638230412172402U, 3), 1U);
  EXPECT_EQ(scale.level(2049638230412172401U, 3), 2U);
  for (const unsigned l : {1U, 2U, 5U, 15U}) {
    const std::uint64_t cut = std::uint64_t{1} << (64 - 4 * l);
    EXPECT_EQ(scale.level(cut, 16), l - 1);
    EXPECT_EQ(scale.level(cut - 1, 16), l);
  }
}

TEST(LevelScale, AutoEndsAtZeroAndAtTheCap) {
  const LevelScale scale;
  for (const std::uint32_t M : {2U, 16U, 10000U}) EXPECT_EQ(scale.level(~std::uint64_t{0}, M), 0U);
  EXPECT_EQ(scale.level(1, 2), max_level);  // 1 < 2^64 / 2^15, and below many more halvings
  EXPECT_EQ(scale.level(15, 16), max_level);
  EXPECT_EQ(scale.level(0, 10000), max_level);
}

TEST(LevelScale, AutoTakesMOneForTwo) {
  const LevelScale scale;
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t bits = random.bits();
    EXPECT_EQ(scale.level(bits, 1), scale.level(bits, 2));
  }
}

TEST(HashedLaw, FollowsMToTheMinusL) {
  EXPECT_LT(chi_square(histogram("hashed", 1, 200000, 4), 0.25), chi_square_999);
  EXPECT_LT(chi_square(histogram("hashed", 2, 2000000, 8), 0.125), chi_square_999);
}

TEST(HashedLaw, DependsOnSeedAndIdAlone) {
  std::size_t differing = 0;
  for (ItemId id = 0; id < 1000; ++id) {
    EXPECT_EQ(level("hashed", {1, id, 0, 4}), level("hashed", {1, id, 999 - id, 4}));
    differing += level("hashed", {1, id, 0, 4}) != level("hashed", {2, id, 0, 4});
  }
  EXPECT_GT(differing, 200U);
}

TEST(GeometricLaw, FollowsMToTheMinusL) {
  EXPECT_LT(chi_square(histogram("geometric", 1, 200000, 4), 0.25), chi_square_999);
  EXPECT_LT(chi_square(histogram("geometric", 2, 2000000, 8), 0.125), chi_square_999);
}

TEST(GeometricLaw, IsTheSeedsStreamInTheOrderOfInsertion) {
  Random stream(7);
  const LevelScale scale;
  for (std::uint64_t rank = 0; rank < 1000; ++rank) {
    EXPECT_EQ(level("geometric", {7, 999 - rank, rank, 4}), scale.level(stream.bits(), 4));
  }
}

TEST(GeometricLaw, AGivenMlIsThePapers) {
  // P(level >= l) = exp(-l / ml).
  EXPECT_LT(chi_square(histogram("geometric(ml=0.5)", 3, 200000, 16), std::exp(-2.0)),
            chi_square_999);
  EXPECT_LT(chi_square(histogram("hashed(ml=1)", 4, 200000, 16), std::exp(-1.0)), chi_square_999);
}

TEST(GeometricLaw, AGivenMlOfOneOverLnMIsAutoButForRounding) {
  const LevelScale given{1 / std::log(16.0)};
  const LevelScale automatic;
  Random random(5);
  for (int i = 0; i < 100000; ++i) {
    const std::uint64_t bits = random.bits() >> random.below(40);
    ASSERT_EQ(given.level(bits, 99), automatic.level(bits, 16)) << bits;
  }
}

TEST(FlatLaw, IsAlwaysZero) {
  for (ItemId id = 0; id < 1000; ++id) EXPECT_EQ(level("flat", {1, id, id, 2}), 0U);
}

TEST(LevelLaws, NoneExceedsTheCap) {
  for (const PolicyDescription& policy : describe_policies()) {
    if (policy.slot != "levels") continue;
    for (const std::uint32_t M : {1U, 2U, 64U}) {
      for (std::uint64_t i = 0; i < 100000; ++i) {
        ASSERT_LE(level(policy.name, {3, i, i, M}), max_level) << policy.name;
      }
    }
  }
}

TEST(LevelLaws, GoldenLevels) {
  // They decide graphs: these values may never change.
  EXPECT_EQ(level("hashed", {1, 9, 0, 16}), 1U);
  EXPECT_EQ(level("hashed", {1, 242, 0, 16}), 2U);
  EXPECT_EQ(level("geometric", {1, 0, 25, 16}), 1U);
  EXPECT_EQ(level("geometric", {1, 0, 160, 16}), 2U);
}

}  // namespace
}  // namespace skerry::heuristics
