#pragma once
// Metrics: what a distance is, how a vector lies in a row, and the kernels that compare rows.
//
// A *row* is what kernels read: the vector's own bytes, exactly as they were given, followed by
// what the metric precomputes (cosine: one f32, the inverse norm). Rows have no alignment. A
// *stored* distance is what graphs compare and keep: metric^power in f32.
//
// Every kernel gives the same bits for the same two vectors, on every CPU: sums run over a fixed
// number of virtual lanes with a fixed reduction, multiplication and addition are never fused, and
// neither batch size, row position, alignment nor padding enters.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace skerry::distance {

enum class Element : std::uint8_t {
  f32,  ///< `dimension` floats
  bit,  ///< `dimension` bits packed little-endian into ceil(dimension / 8) bytes, spare bits zero
};

/// Stored distance between two rows.
using PairKernel = float (*)(const std::byte* a, const std::byte* b, std::size_t dimension);

/// out[i] = stored distance between `query` and rows[i], for i < count. Equal bit by bit to the
/// pair kernel on each.
using BatchKernel = void (*)(const std::byte* query, const std::byte* const* rows,
                             std::size_t count, std::size_t dimension, float* out);

struct Kernels {
  PairKernel pair;
  BatchKernel batch;
};

/// One entry of the registry. Immutable, lives for the whole program.
struct Metric {
  std::string_view name;         ///< "euclidean", "cosine", "inner_product", "manhattan", "hamming"
  std::string_view description;  ///< one line for `skerry list`
  Element element;
  bool is_metric;      ///< stored^(1/power) satisfies the triangle inequality
  bool non_negative;   ///< no stored distance is below zero
  int power;           ///< stored = metric^power: 2 for euclidean and cosine, else 1
  std::size_t header;  ///< bytes that follow the vector in a row

  /// Stored distance -> what people and results see: L2, 1 - cos, -dot, L1, differing bits.
  double (*reported)(float stored);

  /// Looks up kernels() for one metric.
  Kernels (*choose_kernels)();

  /// Bytes of the vector alone: 4 * dimension, or ceil(dimension / 8).
  std::size_t vector_bytes(std::size_t dimension) const noexcept;

  /// Bytes of a row: vector_bytes + header.
  std::size_t row_bytes(std::size_t dimension) const noexcept;

  /// Writes the row of `vector` (vector_bytes(dimension) bytes) to `row` (row_bytes(dimension)).
  /// Throws Error{invalid_argument} that names the component and its value when one is NaN or
  /// infinite, when spare bits are set, or when the vector is so long that a distance could
  /// overflow f32 (euclidean, inner_product: squared norm above FLT_MAX / 8; manhattan: L1 norm
  /// above FLT_MAX / 4; cosine: norm outside [1e-16, 1e16], where smaller counts as zero).
  /// The zero vector is legal: under cosine its distance to every vector, itself included, is 1.
  void encode(Bytes vector, std::size_t dimension, std::byte* row) const;

  /// The best kernels for this CPU.
  Kernels kernels() const;
};

/// All metrics, in the order in which they are listed to people.
std::span<const Metric> metrics();

/// By name; Error{invalid_argument} that names the nearest metric and lists the rest.
const Metric& metric(std::string_view name);

/// Reported distance between two vectors (not rows) in f64, by the plain definition, for ground
/// truth and recall. Cosine of a zero vector: 1.
double exact_distance(const Metric& metric, Bytes a, Bytes b, std::size_t dimension);

/// Name of the instruction set that kernels() uses here, as Highway calls it ("AVX3", "AVX2", ...).
std::string_view kernel_target();

}  // namespace skerry::distance
