// Kernels over f32 rows, and from an f32 query to f16 codes (distance/encoding.h).
//
// Element i of a row belongs to virtual lane i mod 32. Each lane sums in index order; the 32 sums
// are added as a tree (lane j with lane j + 16, then j + 8, 4, 2, 1); what is missing to a multiple
// of 32 counts as zeros. Products are rounded before they are added. So the result does not depend
// on how wide the machine's registers are.

#include <cstring>

#include "distance/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "distance/float_kernels.cc"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();

namespace skerry::distance {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t virtual_lanes = 32;

using Tag = hn::CappedTag<float, 16>;
using Vector = hn::Vec<Tag>;
constexpr std::size_t lanes = hn::MaxLanes(Tag());
constexpr std::size_t sums = virtual_lanes / lanes;

// Rows compared at once: as many as keep all their sums in registers.
constexpr std::size_t rows_at_once = lanes == 16 ? 4 : lanes == 8 ? 2 : 1;

struct Floats {
  static HWY_INLINE Vector load(const std::byte* row, std::size_t at) {
    return hn::LoadU(Tag(), reinterpret_cast<const float*>(row) + at);
  }

  /// `count` < lanes elements, then zeros. Reads nothing behind them: a row may end a mapped file.
  static HWY_INLINE Vector load_first(const std::byte* row, std::size_t at, std::size_t count) {
    const float* from = reinterpret_cast<const float*>(row) + at;
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2  // whose masked loads do not touch what they mask out
    return hn::MaskedLoad(hn::FirstN(Tag(), count), Tag(), from);
#else
    alignas(16) float padded[lanes] = {};
    std::memcpy(padded, from, count * sizeof(float));
    return hn::Load(Tag(), padded);
#endif
  }
};

/// Halves, which become floats exactly.
struct Halves {
  using Half = hn::Rebind<hwy::float16_t, Tag>;

  static HWY_INLINE Vector load(const std::byte* row, std::size_t at) {
    return hn::PromoteTo(Tag(),
                         hn::LoadU(Half(), reinterpret_cast<const hwy::float16_t*>(row) + at));
  }

  static HWY_INLINE Vector load_first(const std::byte* row, std::size_t at, std::size_t count) {
    alignas(16) std::byte padded[lanes * sizeof(hwy::float16_t)] = {};
    std::memcpy(padded, row + at * sizeof(hwy::float16_t), count * sizeof(hwy::float16_t));
    return load(padded, 0);
  }
};

struct SquaredDifference {
  static HWY_INLINE Vector term(Vector a, Vector b) {
    const Vector difference = hn::Sub(a, b);
    return hn::Mul(difference, difference);
  }
};

struct Product {
  static HWY_INLINE Vector term(Vector a, Vector b) { return hn::Mul(a, b); }
};

struct AbsoluteDifference {
  static HWY_INLINE Vector term(Vector a, Vector b) { return hn::Abs(hn::Sub(a, b)); }
};

#if HWY_TARGET == HWY_SCALAR  // which has no UpperHalf
HWY_INLINE float add_lanes(Tag, Vector v) { return hn::GetLane(v); }
#else
template <class D>
HWY_INLINE float add_lanes(D, hn::Vec<D> v) {
  if constexpr (hn::MaxLanes(D()) == 1) {
    return hn::GetLane(v);
  } else {
    const hn::Half<D> half;
    return add_lanes(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
}
#endif

HWY_INLINE float reduce(Vector* v) {
  for (std::size_t width = sums / 2; width > 0; width /= 2) {
    for (std::size_t j = 0; j < width; ++j) v[j] = hn::Add(v[j], v[j + width]);
  }
  return add_lanes(Tag(), v[0]);
}

/// Sums of `count` rows of `Row` elements against `query`, one whole block of virtual lanes at a
/// time.
template <class Row, class Term, std::size_t count>
HWY_INLINE void sum_rows(const std::byte* query, const std::byte* const* rows,
                         std::size_t dimension, float* out) {
  Vector total[count][sums];
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t j = 0; j < sums; ++j) total[r][j] = hn::Zero(Tag());
  }
  std::size_t done = 0;
  for (; done + virtual_lanes <= dimension; done += virtual_lanes) {
    for (std::size_t j = 0; j < sums; ++j) {
      const std::size_t at = done + j * lanes;
      const Vector x = Floats::load(query, at);
      for (std::size_t r = 0; r < count; ++r) {
        total[r][j] = hn::Add(total[r][j], Term::term(x, Row::load(rows[r], at)));
      }
    }
  }
  // A sum is never -0 (it starts at +0), so a term of zeros leaves its bits alone: none is added
  // for vectors that the row does not reach.
  for (std::size_t j = 0; j < sums && done < dimension; ++j, done += lanes) {
    const std::size_t rest = dimension - done;
    const bool whole = rest >= lanes;
    const Vector x = whole ? Floats::load(query, done) : Floats::load_first(query, done, rest);
    for (std::size_t r = 0; r < count; ++r) {
      const Vector y = whole ? Row::load(rows[r], done) : Row::load_first(rows[r], done, rest);
      total[r][j] = hn::Add(total[r][j], Term::term(x, y));
    }
  }
  for (std::size_t r = 0; r < count; ++r) out[r] = reduce(total[r]);
}

HWY_INLINE float load_float(const std::byte* from) {
  float value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

struct AsIs {
  static HWY_INLINE float finish(float sum, const std::byte*, const std::byte*, std::size_t) {
    return sum;
  }
};

struct Negated {
  static HWY_INLINE float finish(float sum, const std::byte*, const std::byte*, std::size_t) {
    return -sum;
  }
};

/// 1 - dot / (|a| |b|) from the inverse norms behind the vectors. Rounding can carry it below zero
/// for nearly equal directions.
struct OneMinusCosine {
  static HWY_INLINE float finish(float sum, const std::byte* a, const std::byte* b,
                                 std::size_t dimension) {
    const float inverse_a = load_float(a + dimension * sizeof(float));
    const float inverse_b = load_float(b + dimension * sizeof(float));
    const float distance = 1.0F - sum * (inverse_a * inverse_b);
    return distance > 0 ? distance : 0.0F;
  }
};

/// From a query's code to a code: bias and scale lie behind the components of each.
struct BiasAndScale {
  static HWY_INLINE float finish(float sum, const std::byte* query, const std::byte* code,
                                 std::size_t dimension) {
    const std::byte* own = query + dimension * sizeof(float);
    const std::byte* other = code + dimension * sizeof(hwy::float16_t);
    const float product = load_float(own + 4) * (load_float(other + 4) * sum);
    return load_float(own) + load_float(other) - product;
  }
};

template <class Term, class Finish>
float pair(const std::byte* a, const std::byte* b, std::size_t dimension) {
  float sum;
  sum_rows<Floats, Term, 1>(a, &b, dimension, &sum);
  return Finish::finish(sum, a, b, dimension);
}

template <class Row, class Term, class Finish>
void batch(const std::byte* query, const std::byte* const* rows, std::size_t count,
           std::size_t dimension, float* out) {
  std::size_t i = 0;
  for (; i + rows_at_once <= count; i += rows_at_once) {
    sum_rows<Row, Term, rows_at_once>(query, rows + i, dimension, out + i);
  }
  for (; i < count; ++i) sum_rows<Row, Term, 1>(query, rows + i, dimension, out + i);
  for (i = 0; i < count; ++i) out[i] = Finish::finish(out[i], query, rows[i], dimension);
}

template <class Term, class Finish>
Kernels family() {
  return {&pair<Term, Finish>, &batch<Floats, Term, Finish>};
}

Kernels squared_l2() { return family<SquaredDifference, AsIs>(); }

Kernels cosine() { return family<Product, OneMinusCosine>(); }

Kernels negative_dot() { return family<Product, Negated>(); }

Kernels l1() { return family<AbsoluteDifference, AsIs>(); }

BatchKernel f16_codes() { return &batch<Halves, Product, BiasAndScale>; }

std::string_view target_name() { return hwy::TargetName(HWY_TARGET); }

}  // namespace HWY_NAMESPACE
}  // namespace skerry::distance

HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace skerry::distance {

HWY_EXPORT(squared_l2);
HWY_EXPORT(cosine);
HWY_EXPORT(negative_dot);
HWY_EXPORT(l1);
HWY_EXPORT(f16_codes);
HWY_EXPORT(target_name);

Kernels squared_l2_kernels() { return HWY_DYNAMIC_DISPATCH(squared_l2)(); }

Kernels cosine_kernels() { return HWY_DYNAMIC_DISPATCH(cosine)(); }

Kernels negative_dot_kernels() { return HWY_DYNAMIC_DISPATCH(negative_dot)(); }

Kernels l1_kernels() { return HWY_DYNAMIC_DISPATCH(l1)(); }

BatchKernel f16_code_kernel() { return HWY_DYNAMIC_DISPATCH(f16_codes)(); }

std::string_view kernel_target() { return HWY_DYNAMIC_DISPATCH(target_name)(); }

}  // namespace skerry::distance
#endif
