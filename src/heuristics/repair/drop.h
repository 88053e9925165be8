#pragma once
// `drop`: the links to a deleted item end.

#include <array>

#include "heuristics/repair/repair.h"

namespace skerry::heuristics {

struct Drop {
  static constexpr std::string_view name = "drop";
  static constexpr std::string_view description = "links to a deleted item end, nothing more";
  static constexpr std::array<Parameter, 0> parameters{};
  static constexpr bool keeps_item = false;

  Drop() = default;

  explicit Drop(const Arguments&) {}

  void repair(Orphaned&, auto& /*around*/) const {}
};

}  // namespace skerry::heuristics
