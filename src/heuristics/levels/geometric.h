#pragma once
// `geometric`: the classic draw floor(-ln U * ml) in the order of insertion.
// Source: HNSW (TPAMI 2020), Algorithm 1, line 4.

#include <array>

#include "base/random.h"
#include "heuristics/levels/level_law.h"

namespace skerry::heuristics {

struct Geometric {
  static constexpr std::string_view name = "geometric";
  static constexpr std::string_view description = "HNSW's law, drawn in the order of insertion";
  static constexpr std::array<Parameter, 1> parameters{level_scale_parameter};

  LevelScale scale;

  Geometric() = default;

  explicit Geometric(const Arguments& arguments) : scale(LevelScale::from(arguments)) {}

  unsigned level(const LevelInput& input) const {
    // SplitMix64 is a counter behind a mixer: draw number `rank` is at hand without those before.
    Random stream(input.seed + input.rank * 0x9e3779b97f4a7c15U);
    return scale.level(stream.bits(), input.M);
  }
};

}  // namespace skerry::heuristics
