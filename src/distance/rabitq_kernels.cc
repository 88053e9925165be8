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

/// The query's bytes over the bits that are set, of each of `count` rows.
template <std::size_t count>
void sums_of_set(const std::byte* query, const std::byte* const* rows, std::size_t dimension,
                 std::int32_t* out) {
  for (std::size_t r = 0; r < count; ++r) {
    out[r] = 0;
    for (std::size_t i = 0; i < dimension; ++i) {
      const bool set = (std::to_integer<unsigned>(rows[r][i / 8]) >> (i % 8) & 1) != 0;
      if (set) out[r] += std::to_integer<int>(query[i]);
    }
  }
}

#else

using Tag = hn::ScalableTag<std::uint8_t>;
using Sums = hn::Repartition<std::uint64_t, Tag>;
constexpr std::size_t lanes = hn::MaxLanes(Tag());

HWY_INLINE hn::Vec<Sums> sums_of_set(hn::Vec<Tag> u, const std::byte* bits) {
  const auto set = hn::LoadMaskBits(Tag(), reinterpret_cast<const std::uint8_t*>(bits));
  return hn::SumsOf8(hn::IfThenElseZero(set, u));
}

HWY_INLINE hn::Vec<Tag> load(const std::byte* query) {
  return hn::LoadU(Tag(), reinterpret_cast<const std::uint8_t*>(query));
}

/// Adds up the lanes of two rows at once: sums lie below 2^31.
HWY_INLINE void add_lanes(hn::Vec<Sums> first, hn::Vec<Sums> second, std::int32_t* out) {
  const auto both = hn::Add(first, hn::ShiftLeft<32>(second));
  const std::uint64_t sums = hn::GetLane(hn::SumOfLanes(Sums(), both));
  out[0] = static_cast<std::int32_t>(sums);
  out[1] = static_cast<std::int32_t>(sums >> 32);
}

/// The query's bytes over the bits that are set, of each of `count` rows, an even number, or one.
template <std::size_t count>
HWY_INLINE void sums_of_set(const std::byte* query, const std::byte* const* rows,
                            std::size_t dimension, std::int32_t* out) {
  hn::Vec<Sums> sums[count];
  for (auto& sum : sums) sum = hn::Zero(Sums());
  std::size_t at = 0;
  for (; at + lanes <= dimension; at += lanes) {
    const auto u = load(query + at);
    for (std::size_t r = 0; r < count; ++r) {
      sums[r] = hn::Add(sums[r], sums_of_set(u, rows[r] + at / 8));
    }
  }
  if (at < dimension) {  // nothing behind a code may be read: it may end a mapped file
    std::byte rest_of_query[lanes] = {};
    std::memcpy(rest_of_query, query + at, dimension - at);
    const auto u = load(rest_of_query);
    for (std::size_t r = 0; r < count; ++r) {
      std::byte rest_of_bits[lanes / 8 + 1] = {};
      std::memcpy(rest_of_bits, rows[r] + at / 8, (dimension - at + 7) / 8);
      sums[r] = hn::Add(sums[r], sums_of_set(u, rest_of_bits));
    }
  }
  if constexpr (count == 1) {
    out[0] = static_cast<std::int32_t>(hn::GetLane(hn::SumOfLanes(Sums(), sums[0])));
  } else {
    for (std::size_t r = 0; r < count; r += 2) add_lanes(sums[r], sums[r + 1], out + r);
  }
}

#endif

constexpr std::size_t rows_at_once = 4;

void rabitq_codes(const std::byte* query, const std::byte* const* rows, std::size_t count,
                  std::size_t dimension, float* out) {
  const std::size_t bits = (dimension + 7) / 8;
  const auto sum_of_k = take<std::int32_t>(query + dimension);
  const auto bias = take<float>(query + dimension + 4);
  const auto scale = take<float>(query + dimension + 8);
  const auto finish = [&](std::size_t i, std::int32_t sum) {
    const std::byte* behind = rows[i] + bits;
    const std::int32_t dot = 2 * (sum - 128 * take<std::int32_t>(behind)) - sum_of_k;
    const float product = scale * (take<float>(behind + 8) * static_cast<float>(dot));
    out[i] = bias + take<float>(behind + 4) - product;
  };
  std::int32_t sums[rows_at_once];
  std::size_t i = 0;
  for (; i + rows_at_once <= count; i += rows_at_once) {
    sums_of_set<rows_at_once>(query, rows + i, dimension, sums);
    for (std::size_t r = 0; r < rows_at_once; ++r) finish(i + r, sums[r]);
  }
  for (; i < count; ++i) {
    sums_of_set<1>(query, rows + i, dimension, sums);
    finish(i, sums[0]);
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
