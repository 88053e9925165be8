#pragma once
// The numbers of a Roaring bitmap in its portable format, out of bytes that nobody vouches for.
// Source: https://github.com/RoaringBitmap/RoaringFormatSpec

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace skerry::experiments {

/// Appends the numbers in ascending order to `out`, or says what is wrong with the bytes; `out`
/// then has those before the fault. More than `most` numbers are a fault: a few bytes can stand for
/// 2^32.
std::string read_roaring(Bytes bytes, std::size_t most, std::vector<std::uint32_t>& out);

/// Checks the bitmap that `bytes` begin with and sets `size` to the bytes that it takes, or says
/// what is wrong with it. Takes no memory, however many numbers it stands for.
std::string check_roaring(Bytes bytes, std::size_t& size);

}  // namespace skerry::experiments
