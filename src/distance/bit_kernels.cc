// Kernels over packed bits: differing bits, counted in whole 64-bit words. Integers, so exact.

#include <cstdint>
#include <cstring>

#include "distance/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "distance/bit_kernels.cc"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();

namespace skerry::distance {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE std::uint64_t load_word(const std::byte* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

HWY_INLINE std::uint64_t differing(std::uint64_t x, std::uint64_t y) {
  return static_cast<std::uint64_t>(__builtin_popcountll(x ^ y));
}

HWY_INLINE float hamming_one(const std::byte* a, const std::byte* b, std::size_t dimension) {
  const hn::ScalableTag<std::uint64_t> tag;
  const std::size_t step = hn::Lanes(tag) * sizeof(std::uint64_t);
  const std::size_t size = (dimension + 7) / 8;
  auto total = hn::Zero(tag);
  std::size_t at = 0;
  for (; at + step <= size; at += step) {
    const auto x = hn::LoadU(tag, reinterpret_cast<const std::uint64_t*>(a + at));
    const auto y = hn::LoadU(tag, reinterpret_cast<const std::uint64_t*>(b + at));
    total = hn::Add(total, hn::PopulationCount(hn::Xor(x, y)));
  }
  std::uint64_t count = hn::GetLane(hn::SumOfLanes(tag, total));
  for (; at + 8 <= size; at += 8) count += differing(load_word(a + at), load_word(b + at));
  if (at < size) {
    const std::size_t bytes = size - at;
    if (size >= 8) {  // the last 8 bytes, less those that were counted
      const auto shift = static_cast<unsigned>(8 * (8 - bytes));
      count += differing(load_word(a + size - 8) >> shift, load_word(b + size - 8) >> shift);
    } else {
      std::uint64_t x = 0;
      std::uint64_t y = 0;
      std::memcpy(&x, a, bytes);
      std::memcpy(&y, b, bytes);
      count += differing(x, y);
    }
  }
  return static_cast<float>(count);
}

float hamming_pair(const std::byte* a, const std::byte* b, std::size_t dimension) {
  return hamming_one(a, b, dimension);
}

void hamming_batch(const std::byte* query, const std::byte* const* rows, std::size_t count,
                   std::size_t dimension, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = hamming_one(query, rows[i], dimension);
}

Kernels hamming() { return {&hamming_pair, &hamming_batch}; }

}  // namespace HWY_NAMESPACE
}  // namespace skerry::distance

HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace skerry::distance {

HWY_EXPORT(hamming);

Kernels hamming_kernels() { return HWY_DYNAMIC_DISPATCH(hamming)(); }

}  // namespace skerry::distance
#endif
