// The kernel over codes of four bits a component (distance/encoding.h).
//
// A code is in blocks of 64 bytes for 128 components: the low halves of its bytes hold the first 64
// of them, the high halves the others. The last block has as many bytes as it needs and is split in
// the same way. A half holds u = (c + 15) / 2, a query k as i8, so that the product is
// 2 <u, k> - 15 * sum of k. Sums are whole numbers below 2^31, so their order does not matter, and
// no step saturates: two products of 15 * 127 fit into i16, and so do four.

#include <cstdint>
#include <cstring>

#include "distance/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "distance/i4_kernels.cc"
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

// A Dot adds up the products of one row. It takes `bytes` bytes of a code at a time, with the
// query's components for their low and for their high halves.
#if HWY_TARGET == HWY_SCALAR

struct Dot {
  static constexpr std::size_t bytes = 1;

  void add(std::int32_t code, std::int32_t low, std::int32_t high) {
    sum_ += (code & 15) * low + (code >> 4) * high;
  }

  static std::int32_t code(const std::byte* from) { return std::to_integer<int>(*from); }

  static std::int32_t query(const std::byte* from) { return static_cast<std::int8_t>(*from); }

  std::int32_t sum() const { return sum_; }

 private:
  std::int32_t sum_ = 0;
};

#elif HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL

struct Dot {
  using Bytes = hn::ScalableTag<std::uint8_t>;
  using Queries = hn::RebindToSigned<Bytes>;
  using Pairs = hn::Repartition<std::int16_t, Bytes>;
  using Sums = hn::Repartition<std::int32_t, Bytes>;
  using Code = hn::Vec<Bytes>;
  using Query = hn::Vec<Queries>;
  static constexpr std::size_t bytes = hn::MaxLanes(Bytes());

  HWY_INLINE Dot() : sums_(hn::Zero(Sums())) {}

  HWY_INLINE void add(Code code, Query low, Query high) {
    const auto mask = hn::Set(Bytes(), 15);
    const auto upper = hn::BitCast(Bytes(), hn::ShiftRight<4>(hn::BitCast(Unsigned(), code)));
    const auto first = hn::And(code, mask);
    const auto second = hn::And(upper, mask);
#if HWY_TARGET == HWY_AVX3_DL
    sums_.raw = _mm512_dpbusd_epi32(sums_.raw, first.raw, low.raw);
    sums_.raw = _mm512_dpbusd_epi32(sums_.raw, second.raw, high.raw);
#else
    const auto fours = hn::Add(pairs(first, low), pairs(second, high));
    auto none = hn::Zero(Sums());
    sums_ = hn::ReorderWidenMulAccumulate(Sums(), fours, hn::Set(Pairs(), 1), sums_, none);
#endif
  }

  static HWY_INLINE Code code(const std::byte* from) {
    return hn::LoadU(Bytes(), reinterpret_cast<const std::uint8_t*>(from));
  }

  static HWY_INLINE Query query(const std::byte* from) {
    return hn::LoadU(Queries(), reinterpret_cast<const std::int8_t*>(from));
  }

#if HWY_TARGET == HWY_AVX3_DL
  /// Of 0..64 bytes, with zeros behind them; what lies there is not touched.
  static HWY_INLINE __m512i part(const std::byte* from, std::size_t count) {
    const std::uint64_t some = (std::uint64_t{1} << (count % bytes)) - 1;
    return _mm512_maskz_loadu_epi8(count == bytes ? ~std::uint64_t{0} : some, from);
  }
#endif

  HWY_INLINE std::int32_t sum() const { return hn::GetLane(hn::SumOfLanes(Sums(), sums_)); }

 private:
  using Unsigned = hn::RebindToUnsigned<Pairs>;

#if HWY_TARGET == HWY_AVX2
  static HWY_INLINE hn::Vec<Pairs> pairs(Code u, Query k) {
    return hn::Vec<Pairs>{_mm256_maddubs_epi16(u.raw, k.raw)};
  }
#elif HWY_TARGET == HWY_AVX3
  static HWY_INLINE hn::Vec<Pairs> pairs(Code u, Query k) {
    return hn::Vec<Pairs>{_mm512_maddubs_epi16(u.raw, k.raw)};
  }
#endif

  hn::Vec<Sums> sums_;
};

#else

struct Dot {
  using Sums = hn::ScalableTag<std::int32_t>;
  using Products = hn::Repartition<std::int16_t, Sums>;
  using Codes = hn::Rebind<std::uint8_t, Products>;
  using Queries = hn::Rebind<std::int8_t, Products>;
  static constexpr std::size_t bytes = hn::MaxLanes(Products());

  HWY_INLINE Dot() : sums_(hn::Zero(Sums())), others_(hn::Zero(Sums())) {}

  HWY_INLINE void add(hn::Vec<Products> code, hn::Vec<Products> low, hn::Vec<Products> high) {
    const auto first = hn::And(code, hn::Set(Products(), 15));
    sums_ = hn::ReorderWidenMulAccumulate(Sums(), first, low, sums_, others_);
    sums_ = hn::ReorderWidenMulAccumulate(Sums(), hn::ShiftRight<4>(code), high, sums_, others_);
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
constexpr std::size_t block_bytes = 64;
constexpr std::size_t block = 2 * block_bytes;  // components

/// Adds a block of `count` rows: `codes[r]` with the components that `low` and `high` point to.
template <std::size_t count>
HWY_INLINE void add_block(const std::byte* const* codes, std::size_t at, const std::byte* low,
                          const std::byte* high, Dot* sums) {
  for (std::size_t i = 0; i < block_bytes; i += Dot::bytes) {
    const auto x = Dot::query(low + i);
    const auto y = Dot::query(high + i);
    for (std::size_t r = 0; r < count; ++r) sums[r].add(Dot::code(codes[r] + at + i), x, y);
  }
}

/// <u, k> of `count` rows.
template <std::size_t count>
HWY_INLINE void dots(const std::byte* query, const std::byte* const* rows, std::size_t dimension,
                     std::int32_t* out) {
  Dot sums[count];
  std::size_t at = 0;
  for (; at + block <= dimension; at += block) {
    add_block<count>(rows, at / 2, query + at, query + at + block_bytes, sums);
  }
  if (at < dimension) {  // nothing behind a code may be read: it may end a mapped file
    const std::size_t low = (dimension - at + 1) / 2;
#if HWY_TARGET == HWY_AVX3_DL
    const Dot::Query x{Dot::part(query + at, low)};
    const Dot::Query y{Dot::part(query + at + low, dimension - at - low)};
    for (std::size_t r = 0; r < count; ++r) {
      sums[r].add(Dot::Code{Dot::part(rows[r] + at / 2, low)}, x, y);
    }
#else
    std::byte padded[count + 2][block_bytes] = {};
    const std::byte* codes[count];
    for (std::size_t r = 0; r < count; ++r) {
      std::memcpy(padded[r], rows[r] + at / 2, low);
      codes[r] = padded[r];
    }
    std::memcpy(padded[count], query + at, low);
    std::memcpy(padded[count + 1], query + at + low, dimension - at - low);
    add_block<count>(codes, 0, padded[count], padded[count + 1], sums);
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

void i4_codes(const std::byte* query, const std::byte* const* rows, std::size_t count,
              std::size_t dimension, float* out) {
  const std::size_t halves = (dimension + 1) / 2;
  const std::int32_t zero = 15 * take<std::int32_t>(query + dimension);
  const auto bias = take<float>(query + dimension + 4);
  const auto scale = take<float>(query + dimension + 8);
  const auto finish = [&](std::size_t i, std::int32_t sum) {
    const std::byte* header = rows[i] + halves;
    const float product = scale * (take<float>(header + 4) * static_cast<float>(2 * sum - zero));
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

BatchKernel i4_kernel() { return &i4_codes; }

}  // namespace HWY_NAMESPACE
}  // namespace skerry::distance

HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace skerry::distance {

HWY_EXPORT(i4_kernel);

BatchKernel i4_code_kernel() { return HWY_DYNAMIC_DISPATCH(i4_kernel)(); }

}  // namespace skerry::distance
#endif
