#include "distance/rotation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/random.h"

namespace skerry::distance {

namespace {

constexpr std::uint64_t seed = 0x526f746174696f6eU;  // part of the format of codes
constexpr std::uint64_t passes = 4;

void flip_signs(std::span<float> vector, std::uint64_t pass) {
  for (std::size_t first = 0; first < vector.size(); first += 64) {
    std::uint64_t signs = hash64(seed + pass, first);
    const std::size_t last = std::min(first + 64, vector.size());
    for (std::size_t i = first; i < last; ++i, signs >>= 1) {
      if ((signs & 1) != 0) vector[i] = -vector[i];
    }
  }
}

/// The Walsh-Hadamard transform of a power of two of components, without its factor.
void transform(std::span<float> vector) {
  for (std::size_t half = 1; half < vector.size(); half *= 2) {
    for (std::size_t first = 0; first < vector.size(); first += 2 * half) {
      float* const low = vector.data() + first;
      float* const high = low + half;
      for (std::size_t i = 0; i < half; ++i) {
        const float sum = low[i] + high[i];
        high[i] = low[i] - high[i];
        low[i] = sum;
      }
    }
  }
}

}  // namespace

void rotate(std::span<float> vector) {
  const std::size_t length = std::bit_floor(vector.size());
  const float factor = 1 / std::sqrt(static_cast<float>(length));
  for (std::uint64_t pass = 0; pass < passes; ++pass) {
    flip_signs(vector, pass);
    const std::span<float> part = pass % 2 == 0 ? vector.first(length) : vector.last(length);
    transform(part);
    for (float& x : part) x *= factor;
  }
}

}  // namespace skerry::distance
