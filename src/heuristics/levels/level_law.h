#pragma once
// What a level law is, and the distribution that the random ones share.

#include <cmath>
#include <concepts>
#include <cstdint>

#include "heuristics/concepts.h"

namespace skerry::heuristics {

/// What a law may look at. Nothing here depends on threads or on the order of calls.
struct LevelInput {
  std::uint64_t seed;
  ItemId id;
  std::uint64_t rank;  ///< place in the order of insertion
  std::uint32_t M;
};

/// level(input): the item's top level, 0..max_level.
template <class L>
concept LevelPolicy = NamedPolicy<L> && requires(const L law, const LevelInput& input) {
  { law.level(input) } -> std::same_as<unsigned>;
};

/// At M = 2, the smallest base, one item in 2^16 is cut here, at M = 16 one in 2^64. The cap bounds
/// the work per item and the levels of a search under a large ml, where the law alone would not.
inline constexpr unsigned max_level = 15;

/// ml of the paper: P(level >= l) = exp(-l / ml). `auto` is 1 / ln M, that is P = M^-l, computed in
/// integers and so the same everywhere (M = 1 has no finite ml; it counts as 2). A given ml goes
/// through exp() in long double, so a draw within its last bits of a threshold may differ between
/// machines: about one item in 2^50.
struct LevelScale {
  double ml = 0;  ///< 0: auto

  static LevelScale from(const Arguments& arguments) {
    return {arguments.is("ml", "auto") ? 0 : arguments.real("ml", 1e-3, 10)};
  }

  /// The level that 64 uniform bits give: the number of l >= 1 with bits < 2^64 P(level >= l).
  unsigned level(std::uint64_t bits, std::uint32_t M) const {
    unsigned level = 0;
    if (ml == 0) {
      const std::uint64_t base = M < 2 ? 2 : M;
      // bits < 2^64 / base^l just if bits <= (2^64 - 1) / base^l in whole numbers.
      std::uint64_t last = ~std::uint64_t{0} / base;
      while (level < max_level && bits <= last) {
        ++level;
        last /= base;
      }
      return level;
    }
    constexpr long double two64 = 18446744073709551616.0L;
    const auto uniform = static_cast<long double>(bits) / two64;
    while (level < max_level && uniform < std::exp(-static_cast<long double>(level + 1) /
                                                   static_cast<long double>(ml))) {
      ++level;
    }
    return level;
  }
};

inline constexpr Parameter level_scale_parameter{
    "ml", "real", "auto", "P(level >= l) = exp(-l / ml), 0.001..10; auto: 1 / ln M"};

}  // namespace skerry::heuristics
