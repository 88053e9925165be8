#pragma once
// `tombstone`: a deleted item stays in the graph, unseen, until it is consolidated.

#include <array>

#include "heuristics/repair/repair.h"

namespace skerry::heuristics {

struct Tombstone {
  static constexpr std::string_view name = "tombstone";
  static constexpr std::string_view description =
      "a deleted item is marked; searches walk through it until it is consolidated";
  static constexpr std::array<Parameter, 0> parameters{};
  static constexpr bool keeps_item = true;

  Tombstone() = default;

  explicit Tombstone(const Arguments&) {}

  void repair(Orphaned&, auto& /*around*/) const {}
};

}  // namespace skerry::heuristics
