#pragma once
// `flat`: no hierarchy. Source: "Down with the Hierarchy", arXiv:2412.01940.

#include <array>

#include "heuristics/levels/level_law.h"

namespace skerry::heuristics {

struct Flat {
  static constexpr std::string_view name = "flat";
  static constexpr std::string_view description = "every item on level 0 only";
  static constexpr std::array<Parameter, 0> parameters{};

  Flat() = default;

  explicit Flat(const Arguments&) {}

  unsigned level(const LevelInput&) const { return 0; }
};

}  // namespace skerry::heuristics
