#pragma once
// Random numbers for synthetic data: the same bits on every machine. They come from base/random.h
// by integer arithmetic, exact conversions and IEEE sums, products, quotients and square roots,
// which round in one way only; nothing else of a mathematical library takes part.

#include <cstdint>

#include "base/random.h"

namespace skerry::experiments {

/// Separates what is drawn for vectors, queries and what they share. Part of the definition of
/// every data set: never renumber.
enum class Stream : std::uint64_t { vector, query, centre, document, basis, placement, direction };

/// The numbers of item `index` of a stream: independent of all other items. `attempt` > 0 gives
/// others for the same item.
inline Random draws(std::uint64_t seed, Stream stream, std::uint64_t index,
                    std::uint64_t attempt = 0) {
  const std::uint64_t item = hash64(hash64(seed, static_cast<std::uint64_t>(stream)), index);
  return Random(attempt == 0 ? item : hash64(item, attempt));
}

/// Uniform in [0, 1), with 24 bits, so that f32 holds it exactly and never rounds it up to 1.
inline float uniform(Random& random) { return static_cast<float>(random.bits() >> 40) * 0x1p-24F; }

/// Mean 0, variance 1: a sum of 16 uniform 16-bit integers (Irwin-Hall), standardised. Bounded by
/// 6.93 deviations, excess kurtosis -0.075.
inline double gaussian(Random& random) {
  constexpr int words = 4;
  constexpr double terms = 4 * words;
  constexpr double mean = terms * 65535 / 2;
  constexpr double deviation = 75674.45447441297;  // sqrt(terms * (2^32 - 1) / 12)
  std::uint64_t sum = 0;
  for (int i = 0; i < words; ++i) {
    const std::uint64_t bits = random.bits();
    sum += (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
  }
  return (static_cast<double>(sum) - mean) / deviation;
}

}  // namespace skerry::experiments
