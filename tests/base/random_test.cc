#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

namespace skerry {
namespace {

TEST(Random, IsTheSplitMix64OfThePaper) {
  // The first outputs for seed 1234567, as published with the reference implementations.
  Random random(1234567);
  EXPECT_EQ(random.bits(), 6457827717110365317U);
  EXPECT_EQ(random.bits(), 3203168211198807973U);
  EXPECT_EQ(random.bits(), 9817491932198370423U);
  EXPECT_EQ(random.bits(), 4593380528125082431U);
  EXPECT_EQ(random.bits(), 16408922859458223821U);
}

TEST(Random, BelowStaysBelowAndReachesEveryValue) {
  Random random(1);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t value = random.below(7);
    EXPECT_LT(value, 7U);
    seen.insert(value);
  }
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, BelowIsUnbiasedWhereAModuloWouldNotBe) {
  // With bound 3 * 2^62, bits() % bound would give the lower third twice as often as the others.
  constexpr std::uint64_t third = std::uint64_t{1} << 62;
  Random random(2);
  std::array<int, 3> counts{};
  for (int i = 0; i < 30000; ++i) ++counts[random.below(3 * third) / third];
  // Mean 10,000, deviation 82: five of them.
  for (const int count : counts) EXPECT_NEAR(count, 10000, 410);
}

TEST(Random, UnitLiesInZeroToOneWithMeanOneHalf) {
  Random random(3);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double u = random.unit();
    EXPECT_GE(u, 0);
    EXPECT_LT(u, 1);
    sum += u;
  }
  // The mean's deviation is 1 / sqrt(12 * 10,000) = 0.0029: five of them.
  EXPECT_NEAR(sum / 10000, 0.5, 0.0145);
}

TEST(Random, ShuffleIsAPermutationFixedByTheSeed) {
  std::vector<int> values(100);
  std::iota(values.begin(), values.end(), 0);
  std::vector<int> again = values;
  std::vector<int> other = values;
  Random first(4), second(4), third(5);
  shuffle(values, first);
  shuffle(again, second);
  shuffle(other, third);
  EXPECT_EQ(values, again);
  EXPECT_NE(values, other);
  std::sort(values.begin(), values.end());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(values[static_cast<std::size_t>(i)], i);
}

TEST(Random, ShufflesEveryOrderEquallyOften) {
  Random random(6);
  std::array<int, 6> counts{};
  for (int i = 0; i < 60000; ++i) {
    std::vector<int> values{0, 1, 2};
    shuffle(values, random);
    ++counts[static_cast<std::size_t>(values[0] * 2 + (values[1] > values[2]))];
  }
  // Mean 10,000, deviation 91: five of them.
  for (const int count : counts) EXPECT_NEAR(count, 10000, 456);
}

TEST(Random, HashesDifferInSeedAndInValue) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (std::uint64_t value = 0; value < 100; ++value) hashes.insert(hash64(seed, value));
  }
  EXPECT_EQ(hashes.size(), 10000U);
}

TEST(Random, AHashDoesNotDependOnTheMachine) {
  // Levels, and so graph digests, come from it: these values may never change.
  EXPECT_EQ(hash64(0, 0), 1194821194238685573U);
  EXPECT_EQ(hash64(1, 2), 9980714568481679326U);
  EXPECT_EQ(mix64(0), 0U);
}

}  // namespace
}  // namespace skerry
