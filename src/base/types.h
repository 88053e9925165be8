#pragma once
// The ids and the candidate type that every layer shares.

#include <compare>
#include <cstdint>

namespace skerry {

/// Dense internal number of an item inside one index, 0..2^31-1.
using Slot = std::uint32_t;

/// The caller's own number of an item.
using ItemId = std::uint64_t;

/// Slots end here, so that a search can keep one flag bit beside a slot in 32 bits.
inline constexpr Slot max_slots = Slot{1} << 31;

/// Not a slot.
inline constexpr Slot no_slot = max_slots;

/// A candidate: a slot and its stored distance (metric^p, see distance/metric.h) to some target.
/// Ordered by distance, then slot, so that ties never depend on the order of arrival.
struct Neighbor {
  float distance = 0;
  Slot slot = 0;

  friend bool operator==(const Neighbor&, const Neighbor&) = default;

  friend bool operator<(const Neighbor& a, const Neighbor& b) noexcept {
    return a.distance < b.distance || (a.distance == b.distance && a.slot < b.slot);
  }
};

}  // namespace skerry
