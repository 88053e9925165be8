#pragma once
// Seeded random numbers whose sequence is part of the format: the same on every machine, compiler
// and standard library, since insertion orders and levels (and so graph digests) come from them.
// Source: SplitMix64, Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014).

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace skerry {

/// Bijective mixing of 64 bits (the finaliser of SplitMix64).
constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// A hash of (seed, value), independent of any order of calls.
constexpr std::uint64_t hash64(std::uint64_t seed, std::uint64_t value) noexcept {
  return mix64(mix64(seed + 0x9e3779b97f4a7c15U) ^
               (value * 0x9e3779b97f4a7c15U + 0x632be59bd9b4e019U));
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) noexcept : state_(seed) {}

  /// Uniform 64 bits.
  constexpr std::uint64_t bits() noexcept { return mix64(state_ += 0x9e3779b97f4a7c15U); }

  /// Uniform in [0, bound), bound >= 1, without modulo bias (Lemire 2019).
  constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    using Wide = unsigned __int128;
    Wide product = Wide{bits()} * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
      const std::uint64_t threshold = (0 - bound) % bound;
      while (static_cast<std::uint64_t>(product) < threshold) product = Wide{bits()} * bound;
    }
    return static_cast<std::uint64_t>(product >> 64);
  }

  /// Uniform in [0, 1) with 53 bits.
  constexpr double unit() noexcept { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

/// Shuffles in place (Fisher-Yates, Knuth's Algorithm P).
template <class T>
void shuffle(std::vector<T>& values, Random& random) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1], values[random.below(i)]);
  }
}

}  // namespace skerry
