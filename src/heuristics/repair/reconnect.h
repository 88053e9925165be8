#pragma once
// `reconnect`: each lost link is replaced by the nearest of the deleted item's own links.

#include <algorithm>
#include <array>

#include "heuristics/repair/repair.h"

namespace skerry::heuristics {

/// The other links stay as they are, so that degrees keep and no list is selected anew.
struct Reconnect {
  static constexpr std::string_view name = "reconnect";
  static constexpr std::string_view description =
      "a lost link is replaced by the nearest link of the deleted item";
  static constexpr std::array<Parameter, 0> parameters{};
  static constexpr bool keeps_item = false;

  Reconnect() = default;

  explicit Reconnect(const Arguments&) {}

  void repair(Orphaned& orphaned, auto& /*around*/) const {
    const std::size_t count = std::min(orphaned.lost, orphaned.offered.size());
    orphaned.links.insert(orphaned.links.end(), orphaned.offered.begin(),
                          orphaned.offered.begin() + static_cast<std::ptrdiff_t>(count));
  }
};

}  // namespace skerry::heuristics
