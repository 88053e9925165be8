// The kernel over codes of one bit a component (distance/encoding.h).
//
// A bit that is set stands for 1, one that is not for -1; a query holds k + 128 as u8 for k in
// -127..127. So the product is 2 (sum of u over set bits - 128 * set bits) - sum of k. Sums are
// whole numbers below 2^31, so their order does not matter.

#include <cstdint>
#include <cstring>

#include "distance/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "distance/rabitq_kernels.cc"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();

namespace skerry::distance {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
HWY_INLINE T take(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

#if HWY_TARGET == HWY_SCALAR

std::uint64_t sum_of_set(const std::byte* query, const std::byte* bits, std::size_t dimension) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < dimension; ++i) {
    const bool set = (std::to_integer<unsigned>(bits[i / 8]) >> (i % 8) & 1) != 0;
    if (set) sum += std::to_integer<unsigned>(query[i]);
  }
  return sum;
}

#else

using Tag = hn::ScalableTag<std::uint8_t>;
using Sums = hn::Repartition<std::uint64_t, Tag>;
constexpr std::size_t lanes = hn::MaxLanes(Tag());

HWY_INLINE hn::Vec<Sums> sums_of_set(const std::byte* query, const std::byte* bits) {
  const auto set = hn::LoadMaskBits(Tag(), reinterpret_cast<const std::uint8_t*>(bits));
  const auto u = hn::LoadU(Tag(), reinterpret_cast<const std::uint8_t*>(query));
  return hn::SumsOf8(hn::IfThenElseZero(set, u));
}

/// Sum of the query's bytes over the bits that are set.
HWY_INLINE std::uint64_t sum_of_set(const std::byte* query, const std::byte* bits,
                                    std::size_t dimension) {
  auto sums = hn::Zero(Sums());
  std::size_t at = 0;
  for (; at + lanes <= dimension; at += lanes) {
    sums = hn::Add(sums, sums_of_set(query + at, bits + at / 8));
  }
  if (at < dimension) {  // nothing behind a code may be read: it may end a mapped file
    std::byte rest_of_query[lanes] = {};
    std::byte rest_of_bits[lanes / 8 + 1] = {};
    std::memcpy(rest_of_query, query + at, dimension - at);
    std::memcpy(rest_of_bits, bits + at / 8, (dimension - at + 7) / 8);
    sums = hn::Add(sums, sums_of_set(rest_of_query, rest_of_bits));
  }
  return hn::GetLane(hn::SumOfLanes(Sums(), sums));
}

#endif

void rabitq_codes(const std::byte* query, const std::byte* const* rows, std::size_t count,
                  std::size_t dimension, float* out) {
  const std::size_t bits = (dimension + 7) / 8;
  const auto sum_of_k = take<std::int32_t>(query + dimension);
  const auto bias = take<float>(query + dimension + 4);
  const auto scale = take<float>(query + dimension + 8);
  for (std::size_t i = 0; i < count; ++i) {
    const std::byte* behind = rows[i] + bits;
    const auto sum = static_cast<std::int32_t>(sum_of_set(query, rows[i], dimension));
    const std::int32_t dot = 2 * (sum - 128 * take<std::int32_t>(behind)) - sum_of_k;
    const float product = scale * (take<float>(behind + 8) * static_cast<float>(dot));
    out[i] = bias + take<float>(behind + 4) - product;
  }
}

BatchKernel rabitq_kernel() { return &rabitq_codes; }

}  // namespace HWY_NAMESPACE
}  // namespace skerry::distance

HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace skerry::distance {

HWY_EXPORT(rabitq_kernel);

BatchKernel rabitq_code_kernel() { return HWY_DYNAMIC_DISPATCH(rabitq_kernel)(); }

}  // namespace skerry::distance
#endif
