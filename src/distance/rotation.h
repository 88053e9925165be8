#pragma once

#include <span>

namespace skerry::distance {

/// Turns a vector, in place, by a random rotation that is the same for all vectors of its
/// dimension: lengths and inner products stay, up to rounding, and no component keeps a special
/// place. Rounds of random signs and Walsh-Hadamard transforms of the first and of the last 2^k
/// components, the largest power of two that there is room for. The same bits on every CPU. Source:
/// Ailon & Chazelle, "The Fast Johnson-Lindenstrauss Transform" (SIAM J. Comput. 2009).
void rotate(std::span<float> vector);

}  // namespace skerry::distance
