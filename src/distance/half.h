#pragma once
// IEEE 754 binary16 in software: what encoders write and tests compare kernels with.

#include <bit>
#include <cmath>
#include <cstdint>

namespace skerry::distance {

/// The half nearest to `x`, ties to even; |x| < 65520. The same bits on every CPU.
inline std::uint16_t to_half(float x) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  constexpr std::uint32_t least_normal = (127U - 14) << 23;
  if (magnitude < least_normal) {  // a multiple of 2^-24
    const auto steps = static_cast<std::uint32_t>(std::lrint(std::fabs(x) * 0x1.0p24F));
    return static_cast<std::uint16_t>(sign | steps);
  }
  const std::uint32_t rounded = magnitude + 0xfffU + (magnitude >> 13 & 1U);
  return static_cast<std::uint16_t>(sign | ((rounded - ((127U - 15) << 23)) >> 13));
}

/// The value of a finite half, exactly.
inline float from_half(std::uint16_t half) noexcept {
  const float sign = (half & 0x8000U) != 0 ? -1.0F : 1.0F;
  const std::uint32_t magnitude = half & 0x7fffU;
  if (magnitude < 0x400U) return sign * (static_cast<float>(magnitude) * 0x1.0p-24F);
  return sign * std::bit_cast<float>((magnitude << 13) + ((127U - 15) << 23));
}

}  // namespace skerry::distance
