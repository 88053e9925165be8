#pragma once
// What the gap codecs code: a strictly ascending list as small unsigned numbers, the first slot and
// then each gap between neighbours less one.
//
// With from = zero the first number is the first slot itself. With from = own it is how far the
// first slot lies from the owner's, zigzag: 0, -1, 1, -2, .. become 0, 1, 2, 3, .. That pays where
// an order of ids puts neighbours near each other. Every number is below 2^32.

#include <cstdint>
#include <span>
#include <vector>

#include "base/types.h"
#include "graph/codec/codec.h"

namespace skerry::graph {

enum class From : std::uint8_t { zero, own };

/// The numbers of the list `slots` of `own`.
std::vector<std::uint32_t> to_gaps(std::span<const Slot> slots, Slot own, From from);

/// Turns numbers into slots where they are. False when they leave [0, context.limit).
bool from_gaps(std::span<std::uint32_t> numbers, From from, const ListContext& context) noexcept;

}  // namespace skerry::graph
