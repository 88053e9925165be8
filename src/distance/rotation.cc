#include "distance/rotation.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/random.h"

namespace skerry::distance {

namespace {

constexpr std::uint64_t seed = 0x526f746174696f6eU;  // part of the format of codes
constexpr std::uint64_t passes = 4;

constexpr std::array<std::uint32_t, 32> bit_masks = [] {
  std::array<std::uint32_t, 32> masks{};
  for (std::size_t i = 0; i < masks.size(); ++i) masks[i] = 1U << i;
  return masks;
}();

/// Turns the sign of x[i] where bit i is set; written so that compilers vectorize it.
void flip(float* x, std::size_t count, std::uint32_t signs) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t sign = (signs & bit_masks[i]) != 0 ? 0x80000000U : 0;
    x[i] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(x[i]) ^ sign);
  }
}

void flip_signs(std::span<float> vector, std::uint64_t pass) {
  constexpr std::size_t half = bit_masks.size();
  for (std::size_t first = 0; first < vector.size(); first += 2 * half) {
    const std::uint64_t signs = hash64(seed + pass, first);
    float* const x = vector.data() + first;
    const std::size_t count = std::min(2 * half, vector.size() - first);
    const std::size_t low = std::min(half, count);
    flip(x, low, static_cast<std::uint32_t>(signs));
    flip(x + low, count - low, static_cast<std::uint32_t>(signs >> half));
  }
}

/// Sums and differences of components that lie `half` apart.
template <std::size_t half>
void butterflies(float* block) {
  for (std::size_t i = 0; i < half; ++i) {
    const float sum = block[i] + block[i + half];
    block[i + half] = block[i] - block[i + half];
    block[i] = sum;
  }
}

/// The Walsh-Hadamard transform of a power of two of components, without its factor.
void transform(std::span<float> vector) {
  constexpr std::size_t small = 8;  // done in registers
  std::size_t half = 1;
  if (vector.size() >= small) {
    for (std::size_t first = 0; first < vector.size(); first += small) {
      float* const block = vector.data() + first;
      for (std::size_t i = 0; i < small; i += 2) butterflies<1>(block + i);
      for (std::size_t i = 0; i < small; i += 4) butterflies<2>(block + i);
      butterflies<4>(block);
    }
    half = small;
  }
  for (; half < vector.size(); half *= 2) {
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
