#pragma once
// `hashed`: the level from a hash of the seed and the item's id, so that an item has the same level
// whenever, and in whatever order, it is inserted.

#include <array>

#include "base/random.h"
#include "heuristics/levels/level_law.h"

namespace skerry::heuristics {

struct Hashed {
  static constexpr std::string_view name = "hashed";
  static constexpr std::string_view description = "HNSW's law, drawn by a hash of seed and id";
  static constexpr std::array<Parameter, 1> parameters{level_scale_parameter};

  LevelScale scale;

  Hashed() = default;

  explicit Hashed(const Arguments& arguments) : scale(LevelScale::from(arguments)) {}

  unsigned level(const LevelInput& input) const {
    return scale.level(hash64(input.seed, input.id), input.M);
  }
};

}  // namespace skerry::heuristics
