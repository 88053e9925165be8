#pragma once
// The shape that `rice` and `elias_fano` share: each number of a list is cut into its `width` low
// bits and the rest, its high part.
//
//   width  5 bits
//   highs  from the front: for each number that many zeros and a one
//   zeros  0..7, up to whole bytes
//   lows   from the back: those of the first number in the last `width` bits, and so on
//
// Nothing says how many numbers there are. What lies between highs and lows holds a one as long as
// a number follows, and is shorter than a byte and all zero when none does. Highs are found by
// counting zeros over whole words and lows lie at places known beforehand, so that no number waits
// for the one before it.

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace skerry::graph {

/// The least width (0..31) with which the shape takes the fewest bits, when a width of w makes
/// `zeros_at(w)` zeros in `count` highs. Each bit more costs `count` bits and saves the zeros that
/// disappear; these grow fewer with each bit, so the first width that does not pay is the best.
template <class Zeros>
unsigned best_width(std::size_t count, const Zeros& zeros_at) {
  unsigned width = 0;
  while (width < 31 && zeros_at(width) - zeros_at(width + 1) > count) ++width;
  return width;
}

/// Appends at least one number: highs[i] zeros, then the `width` low bits of lows[i].
void write_split(std::span<const std::uint32_t> highs, std::span<const std::uint32_t> lows,
                 unsigned width, std::vector<std::byte>& out);

/// What a high part is: the zeros of its own code, or those of all codes up to it.
enum class Zeros : std::uint8_t { own, all };

/// Replaces `out` by the numbers. corrupt when the bytes have not this shape, hold no number or
/// more than `most`, or a number does not fit 32 bits.
Code read_split(Bytes value, Zeros zeros, std::size_t most, unsigned& width,
                std::vector<std::uint32_t>& out);

}  // namespace skerry::graph
