#pragma once
// The shape that `rice`, `exp_golomb` and `elias_fano` share: each number of a list is cut into a
// high part, written in unary, and low bits, written as they are.
//
//   width   5 bits, the parameter of the cut
//   below   with from=own, Gaps::below: an exponential Golomb code of parameter 3, which is c zeros
//           and a one, then 3 + c bits
//   highs   from the front: for each number its zeros and a one
//   zeros   0..7, up to whole bytes
//   lows    from the back: those of the first number at the end of the last byte, and so on
//
// Nothing says how many numbers there are. What lies between highs and lows holds a one as long as
// a number follows, and is shorter than a byte and all zero when none does. Highs are found by
// counting zeros over whole words, and each low part lies where the widths before it say, so that
// no number waits for another to be read.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "graph/codec/bits.h"

namespace skerry::graph {

/// How a number x is cut by a width w.
enum class Cut : std::uint8_t {
  quotient,    ///< zeros: x >> w; low bits: w
  cumulative,  ///< the same of rising numbers, but only the zeros by which x >> w rises
  magnitude,   ///< zeros: c = floor(log2((x >> w) + 1)); low bits: w + c, x - ((2^c - 1) << w)
};

struct Split {
  unsigned width = 0;                     ///< 0..31
  std::optional<std::size_t> below = {};  ///< when the codec writes it
};

/// Appends at least one number.
void write_split(std::span<const std::uint32_t> numbers, Cut cut, const Split& split,
                 std::vector<std::byte>& out);

/// Replaces `out` by the numbers, and the fields of `split` by those written (`below` when it has a
/// value). corrupt when the bytes have not this shape, hold no number or more than `most`, or a
/// number does not fit 32 bits.
Code read_split(Bytes value, Cut cut, std::size_t most, Split& split,
                std::vector<std::uint32_t>& out);

/// c of Cut::magnitude.
inline unsigned magnitude(std::uint32_t number, unsigned width) noexcept {
  return floor_log2(number + (std::uint64_t{1} << width)) - width;
}

/// The least width with which a cut takes the fewest bits, for cuts by quotient: `zeros_at(w)` are
/// the zeros of all `count` numbers. A bit more costs `count` bits and saves the zeros that
/// disappear. Those grow fewer with each bit, so the first width that does not pay is the best.
template <class Zeros>
unsigned best_width(std::size_t count, const Zeros& zeros_at) {
  unsigned width = 0;
  while (width < 31 && zeros_at(width) - zeros_at(width + 1) > count) ++width;
  return width;
}

}  // namespace skerry::graph
