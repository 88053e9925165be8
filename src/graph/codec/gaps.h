#pragma once
// What the gap codecs code: a strictly ascending list as as many small unsigned numbers, in two
// runs from an origin. First the slots below the origin from the nearest down, then those at and
// above it upwards; each number is how many slots lie between it and the one before, or the origin
// itself. With origin 0 these are the first slot and then each gap less one.
//
// With the list's own slot as the origin no number spans the way from 0 to the neighbourhood. That
// pays where an order of ids puts neighbours near each other. How many slots are below must then be
// written, too.

#include <cstdint>
#include <span>
#include <vector>

#include "base/types.h"
#include "graph/codec/codec.h"

namespace skerry::graph {

/// Where a codec counts from; its parameter `from`.
enum class From : std::uint8_t { zero, own };

struct Gaps {
  std::size_t below = 0;  ///< slots below the origin; 0 when this is 0
  std::vector<std::uint32_t> numbers;
};

Gaps to_gaps(std::span<const Slot> slots, Slot origin);

/// Turns numbers into slots, ascending, where they are. False when `below` is more than there are
/// or a slot is outside [0, limit).
bool from_gaps(std::span<std::uint32_t> numbers, std::size_t below, Slot origin,
               Slot limit) noexcept;

}  // namespace skerry::graph
