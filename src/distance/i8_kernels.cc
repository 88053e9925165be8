// The kernel over codes of one byte a component (distance/encoding.h).
//
// A code holds c + 128 as u8, a query c as i8: one of each kind is what VNNI multiplies. Sums are
// whole numbers below 2^31 (255 * 127 * 2^16), so their order does not matter, and no step
// saturates: narrower machines multiply in i16 and add pairs in i32.

#include <cstdint>
#include <cstring>

#include "distance/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "distance/i8_kernels.cc"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

#if HWY_TARGET == HWY_AVX3_DL
// Highway 1.0.3 asks the CPU for AVX512-VNNI here, but does not tell the compiler.
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#else
HWY_BEFORE_NAMESPACE();
#endif

namespace skerry::distance {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

struct Dot {
  static constexpr std::size_t lanes = 1;

  Dot() = default;

  void add(std::int32_t code, std::int32_t query) { sum_ += code * query; }

  static std::int32_t code(const std::byte* from) { return std::to_integer<int>(*from); }

  static std::int32_t query(const std::byte* from) { return static_cast<std::int8_t>(*from); }

  std::int32_t sum() const { return sum_; }

 private:
  std::int32_t sum_ = 0;
};

#elif HWY_TARGET == HWY_AVX3_DL

/// 64 products by one instruction.
struct Dot {
  static constexpr std::size_t lanes = 64;

  HWY_INLINE Dot() : sums_(_mm512_setzero_si512()) {}

  HWY_INLINE void add(__m512i code, __m512i query) {
    sums_ = _mm512_dpbusd_epi32(sums_, code, query);
  }

  static HWY_INLINE __m512i code(const std::byte* from) { return _mm512_loadu_si512(from); }

  static HWY_INLINE __m512i query(const std::byte* from) { return _mm512_loadu_si512(from); }

  /// Of 1..63 bytes, with zeros behind them; what lies there is not touched.
  static HWY_INLINE __m512i part(const std::byte* from, std::size_t count) {
    return _mm512_maskz_loadu_epi8(~std::uint64_t{0} >> (lanes - count), from);
  }

  HWY_INLINE std::int32_t sum() const {
    const hn::ScalableTag<std::int32_t> tag;
    return hn::GetLane(hn::SumOfLanes(tag, hn::Vec<decltype(tag)>{sums_}));
  }

 private:
  __m512i sums_;
};

#else

struct Dot {
  using Sums = hn::ScalableTag<std::int32_t>;
  using Products = hn::Repartition<std::int16_t, Sums>;
  using Codes = hn::Rebind<std::uint8_t, Products>;
  using Queries = hn::Rebind<std::int8_t, Products>;
  static constexpr std::size_t lanes = hn::MaxLanes(Products());

  HWY_INLINE Dot() : sums_(hn::Zero(Sums())), others_(hn::Zero(Sums())) {}

  HWY_INLINE void add(hn::Vec<Products> code, hn::Vec<Products> query) {
    sums_ = hn::ReorderWidenMulAccumulate(Sums(), code, query, sums_, others_);
  }

  static HWY_INLINE hn::Vec<Products> code(const std::byte* from) {
    return hn::PromoteTo(Products(),
                         hn::LoadU(Codes(), reinterpret_cast<const std::uint8_t*>(from)));
  }

  static HWY_INLINE hn::Vec<Products> query(const std::byte* from) {
    return hn::PromoteTo(Products(),
                         hn::LoadU(Queries(), reinterpret_cast<const std::int8_t*>(from)));
  }

  HWY_INLINE std::int32_t sum() const {
    return hn::GetLane(hn::SumOfLanes(Sums(), hn::Add(sums_, others_)));
  }

 private:
  hn::Vec<Sums> sums_;
  hn::Vec<Sums> others_;
};

#endif

constexpr std::size_t rows_at_once = 4;

/// <c, c + 128> of `count` rows.
template <std::size_t count>
HWY_INLINE void dots(const std::byte* query, const std::byte* const* rows, std::size_t dimension,
                     std::int32_t* out) {
  Dot sums[count];
  std::size_t at = 0;
  for (; at + Dot::lanes <= dimension; at += Dot::lanes) {
    const auto x = Dot::query(query + at);
    for (std::size_t r = 0; r < count; ++r) sums[r].add(Dot::code(rows[r] + at), x);
  }
  if (at < dimension) {  // nothing behind a code may be read: it may end a mapped file
#if HWY_TARGET == HWY_AVX3_DL
    const auto x = Dot::part(query + at, dimension - at);
    for (std::size_t r = 0; r < count; ++r) sums[r].add(Dot::part(rows[r] + at, dimension - at), x);
#else
    std::byte padded[count + 1][Dot::lanes] = {};
    std::memcpy(padded[count], query + at, dimension - at);
    const auto x = Dot::query(padded[count]);
    for (std::size_t r = 0; r < count; ++r) {
      std::memcpy(padded[r], rows[r] + at, dimension - at);
      sums[r].add(Dot::code(padded[r]), x);
    }
#endif
  }
  for (std::size_t r = 0; r < count; ++r) out[r] = sums[r].sum();
}

template <class T>
HWY_INLINE T take(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

void i8_codes(const std::byte* query, const std::byte* const* rows, std::size_t count,
              std::size_t dimension, float* out) {
  const auto zero = take<std::int32_t>(query + dimension);
  const auto bias = take<float>(query + dimension + 4);
  const auto scale = take<float>(query + dimension + 8);
  const auto finish = [&](std::size_t i, std::int32_t sum) {
    const std::byte* header = rows[i] + dimension;
    const float product = scale * (take<float>(header + 4) * static_cast<float>(sum - zero));
    out[i] = bias + take<float>(header) - product;
  };
  std::int32_t sums[rows_at_once];
  std::size_t i = 0;
  for (; i + rows_at_once <= count; i += rows_at_once) {
    dots<rows_at_once>(query, rows + i, dimension, sums);
    for (std::size_t r = 0; r < rows_at_once; ++r) finish(i + r, sums[r]);
  }
  for (; i < count; ++i) {
    dots<1>(query, rows + i, dimension, sums);
    finish(i, sums[0]);
  }
}

BatchKernel i8_kernel() { return &i8_codes; }

}  // namespace HWY_NAMESPACE
}  // namespace skerry::distance

HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace skerry::distance {

HWY_EXPORT(i8_kernel);

BatchKernel i8_code_kernel() { return HWY_DYNAMIC_DISPATCH(i8_kernel)(); }

}  // namespace skerry::distance
#endif
