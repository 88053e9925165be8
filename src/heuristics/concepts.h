#pragma once
// What a policy is: a small copyable struct with a name, declared parameters and one function.
// Policies see distances and slots; they know no store, no record and no vector.
//
// Each policy struct P has
//   static constexpr std::string_view name;              // what a spec string calls it
//   static constexpr std::string_view description;       // one line for `skerry list`
//   static constexpr std::array<Parameter, N> parameters;
//   P() = default;  explicit P(const Arguments&);        // defaults; from a spec (throws Error)
// Adding one: its file, one word in registry.h, one line in the contract test.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/spec.h"
#include "base/types.h"

namespace skerry::heuristics {

template <class P>
concept NamedPolicy = std::copyable<P> && std::default_initializable<P> &&
    std::constructible_from<P, const Arguments&> && requires {
  { P::name } -> std::convertible_to<std::string_view>;
  { P::description } -> std::convertible_to<std::string_view>;
  {std::span<const Parameter>(P::parameters)};
};

/// What a selection rule may ask about the items around a target.
/// distance(a, b): stored distance between two slots.
/// occluded(candidate, kept, bound): whether some slot k of `kept` has distance(k, candidate)
/// < bound. (The graph answers it in batches, so rules should ask this way.)
/// neighbors(slot): its present out-links on the level at work, for rules that widen their pool.
/// target(): the item whose links are chosen; to_target(slot): stored distance to it.
template <class G>
concept Surroundings = requires(G& around, Slot slot, std::span<const Slot> kept, float bound) {
  { around.distance(slot, slot) } -> std::same_as<float>;
  { around.occluded(slot, kept, bound) } -> std::same_as<bool>;
  { around.neighbors(slot) } -> std::convertible_to<std::span<const Slot>>;
  { around.target() } -> std::same_as<Slot>;
  { around.to_target(slot) } -> std::same_as<float>;
};

/// The least model of Surroundings, for checking concepts and for tests.
struct SurroundingsArchetype {
  float distance(Slot, Slot) { return 0; }

  bool occluded(Slot, std::span<const Slot>, float) { return false; }

  std::span<const Slot> neighbors(Slot) { return {}; }

  Slot target() { return 0; }

  float to_target(Slot) { return 0; }
};

/// Chooses at most `max_links` of `pool` (ascending, no duplicates, target not in it) into
/// `selected`, cleared first, ascending (`pool` never lies in `selected`). Deterministic: equal
/// input, equal output. `forward` is true when the target is a new item choosing its own links,
/// false when a full list is cut: rules that widen the pool do so for the former only.
template <class S>
concept SelectionPolicy = NamedPolicy<S> &&
    requires(const S rule, std::span<const Neighbor> pool, std::size_t max_links, bool forward,
             SurroundingsArchetype& around, std::vector<Neighbor>& selected) {
  { rule.select(pool, max_links, forward, around, selected) } -> std::same_as<void>;
};

/// Puts reverse links into a target's list. `links` is the target's present list and receives the
/// new one (at most `max_links`, no duplicates, in any order); `incoming` holds the new
/// in-neighbours in rank order, none of them in `links`. It is asked only when old and new together
/// are more than `max_links`; what fits is appended without asking. `select(pool, selected)` runs
/// the selection rule on an ascending pool with the cap `max_links`. The list before the call may
/// hold fewer than `max_links`, never more.
template <class O>
concept OverflowPolicy = NamedPolicy<O> &&
    requires(const O rule, std::vector<Neighbor>& links, std::span<const Neighbor> incoming,
             std::size_t max_links,
             void (*select)(std::span<const Neighbor>, std::vector<Neighbor>&)) {
  { rule.merge(links, incoming, max_links, select) } -> std::same_as<void>;
};

}  // namespace skerry::heuristics
