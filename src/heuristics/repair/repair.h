#pragma once
// What a deleted item leaves to those that linked to it.

#include <concepts>
#include <span>
#include <vector>

#include "heuristics/concepts.h"

namespace skerry::heuristics {

/// What a policy may work on: an item q on one level, `links` its links that are left, `offered`
/// the links of the deleted items that q linked to (no deleted ones, none of `links`, not q), both
/// ascending by distance to q.
struct Orphaned {
  std::vector<Neighbor>& links;  ///< receives the new list, at most max_links, in any order
  std::span<const Neighbor> offered;
  std::size_t lost = 0;  ///< links that led to deleted items
  std::size_t max_links = 0;
};

/// keeps_item: deleting an item only marks it; searches walk through it until it is consolidated.
/// repair(orphaned, around) mends one list.
template <class R>
concept RepairPolicy = NamedPolicy<R> &&
    requires(const R rule, Orphaned& orphaned, SurroundingsArchetype& around) {
  { R::keeps_item } -> std::convertible_to<bool>;
  { rule.repair(orphaned, around) } -> std::same_as<void>;
};

}  // namespace skerry::heuristics
