#pragma once
// `fresh_diskann`: one RobustPrune over what is left and what the deleted items linked to.
// Source: FreshDiskANN (arXiv:2105.09613), Algorithm 4.

#include <algorithm>
#include <array>

#include "heuristics/repair/repair.h"
#include "heuristics/selection/robust_prune.h"

namespace skerry::heuristics {

struct FreshDiskann {
  static constexpr std::string_view name = "fresh_diskann";
  static constexpr std::string_view description =
      "RobustPrune over the links left and those of the deleted item";
  static constexpr std::array<Parameter, 1> parameters{
      {{"alpha", "real", "auto",
        "of RobustPrune, 1..10; auto: 1.2, or 1 where distances can be "
        "negative"}}};
  static constexpr bool keeps_item = false;

  double alpha = 0;  ///< 0: auto, until bind() in registry.h has met the metric
  RobustPrune rule;

  FreshDiskann() = default;

  explicit FreshDiskann(const Arguments& arguments)
      : alpha(arguments.is("alpha", "auto") ? 0 : arguments.real("alpha", 1, 10)) {}

  void repair(Orphaned& orphaned, auto& around) const {
    std::vector<Neighbor> pool = orphaned.links;
    pool.insert(pool.end(), orphaned.offered.begin(), orphaned.offered.end());
    std::sort(pool.begin(), pool.end());
    rule.select(pool, orphaned.max_links, false, around, orphaned.links);
  }
};

}  // namespace skerry::heuristics
