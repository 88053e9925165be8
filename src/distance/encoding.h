#pragma once
// Encodings: small codes of vectors, and kernels that estimate distances from them.
//
// Codes stand beside the exact vectors. A search walks by codes, which are a half to a thirtieth of
// the bytes, and compares what it has found once more by exact rows: what it returns is exact.
//
// A vector x is *decoded* from its code as
//
//     x' = mean + scale * c
//
// where `mean` is one vector for the whole set (of the unit vectors under cosine), `scale` belongs
// to the code and c are small numbers: i8 whole ones in -127..127, f16 halves in -1..1. The
// distance by codes is the metric's stored distance between the decoded vectors, up to rounding of
// f32:
//
//     euclidean      |x' - y'|^2
//     cosine         |x' - y'|^2 / 2 of the directions; a vector that counts as zero adds 1/2, so
//                    that it is about 1 from all
//     inner_product  -<x', y'>
//
// which for all three is  bias_x + bias_y - scale_x * scale_y * <c_x, c_y>:  a code is c and then
// two f32, bias and scale, and one kernel serves all metrics. It can lie below zero where the
// metric's cannot. Manhattan and hamming distances do not follow from inner products and have no
// encodings.
//
// Errors. With r = x - mean and m = max |r_i|, no component of x' is further from that of x than
//
//     i8      m / 254: scale is m / 127
//     f16     |r_i| / 2^11 + m / 2^24: scale is the power of two in (m, 2 m]
//
// up to rounding of f32. Nothing saturates. No other vector enters, so a code never changes when
// items come and go; a mean that fits the set badly costs accuracy, not correctness.
//
// i4 and rabitq decode no components. Their r is the residual after a rotation that is random but
// fixed, which spreads long components over all. scale is |r|^2 / <c, r>, so that scale * <c, q> is
// an estimate without bias of <r, q>; biases hold the exact |r|^2 and <mean, r>. In one case of
// many it is off by more than
//
//     i4      |r| |q| / (3 sqrt(d)): c are odd numbers in -15..15, the levels of a grid around
//             zero, each the nearest to its component. Of eight grids, for components up to 0.65 m,
//             0.7 m, .. m, it is the first whose c has the least angle to r
//     rabitq  2 |r| |q| / sqrt(d): c are the signs of r, 1 or -1
//
// Sources: Gao & Long, "RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound
// for Approximate Nearest Neighbor Search" (SIGMOD 2024), section 3; Gao et al., "Practical and
// Asymptotically Optimal Quantization of High-Dimensional Vectors in Euclidean Space for
// Approximate Nearest Neighbor Search" (SIGMOD 2025), which chooses a grid's scale vector by
// vector.
//
// The query of a search is coded in a form of its own: i8 like a row, f16 in f32, i4 and rabitq as
// i8 after the rotation. All is deterministic: the same rows in the same order give the same mean,
// the same row and mean the same code, and the same codes the same bits of distance, on every CPU
// (f16 sums as rows do, see distance/metric.h; the others sum whole numbers).

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "distance/metric.h"

namespace skerry::distance {

struct BlockForm;

/// What the numbers c of a code amount to, with s the code's scale.
struct CodeParts {
  float scale = 0;
  double square = 0;      ///< |s c|^2; i4, rabitq: |r|^2
  double along_mean = 0;  ///< <mean, s c>; i4, rabitq: <mean, r>
  double longest = 0;     ///< |s c|^2, which an inner product may come to
};

/// One entry of the registry. Immutable, lives for the whole program.
struct Encoding {
  std::string_view name;         ///< "f16", "i8", "i4", "rabitq"
  std::string_view description;  ///< one line for `skerry list`
  std::size_t max_dimension;     ///< above it a sum could overflow

  /// Bytes of a code and of a query's code. The last eight are bias and scale, f32 each.
  std::size_t (*code_bytes)(std::size_t dimension);
  std::size_t (*query_bytes)(std::size_t dimension);

  /// Write all but bias and scale for x - mean.
  CodeParts (*write_code)(std::span<const float> residual, std::span<const float> mean,
                          std::byte* code);
  CodeParts (*write_query)(std::span<const float> residual, std::span<const float> mean,
                           std::byte* query);

  /// The best kernel for this CPU: from a query's code to codes. Neither needs alignment.
  BatchKernel (*choose_kernel)();

  /// How codes are compared many at a time (distance/code_blocks.h); null where they are not.
  const BlockForm* (*blocks)() = nullptr;
};

/// All encodings, in the order in which they are listed to people. `f32`, which is to have no
/// codes, is not one of them.
std::span<const Encoding> encodings();

/// By name; Error{invalid_argument} that names the nearest encoding and lists the rest.
const Encoding& encoding(std::string_view name);

/// Throws Error{invalid_argument} when vectors of this metric and dimension have no such codes.
void check_encoding(const Encoding& encoding, const Metric& metric, std::size_t dimension);

/// Writes codes of one set of vectors. Immutable; safe from many threads.
class Encoder {
 public:
  /// `mean` has `dimension` finite components. Throws what check_encoding() throws, and
  /// Error{invalid_argument} for another mean.
  Encoder(const Encoding& encoding, const Metric& metric, std::vector<float> mean);

  /// With the mean of `rows` (Metric::encode); without rows, with zero.
  static Encoder train(const Encoding& encoding, const Metric& metric, std::size_t dimension,
                       std::span<const std::byte* const> rows);

  const Encoding& encoding() const noexcept { return *encoding_; }

  std::size_t dimension() const noexcept { return mean_.size(); }

  std::span<const float> mean() const noexcept { return mean_; }

  std::size_t code_bytes() const { return encoding_->code_bytes(mean_.size()); }

  std::size_t query_bytes() const { return encoding_->query_bytes(mean_.size()); }

  /// Codes a row of the metric into code_bytes() bytes. Throws Error{invalid_argument} when
  /// distances between codes could overflow f32: euclidean and inner_product, about 4e18 away from
  /// the mean.
  void encode(const std::byte* row, std::byte* code) const;

  /// The same for a query, into query_bytes() bytes. Any row that has a code is one.
  void encode_query(const std::byte* row, std::byte* query) const;

 private:
  using Write = CodeParts (*)(std::span<const float>, std::span<const float>, std::byte*);

  void write(const std::byte* row, Write components, float factor, double limit, std::byte* code,
             std::size_t bytes) const;

  const Encoding* encoding_;
  const Metric* metric_;
  std::vector<float> mean_;
  double mean_square_ = 0;
};

}  // namespace skerry::distance
