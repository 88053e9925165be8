#pragma once
// Vectors, rows and codes for tests of encodings.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "distance/encoding.h"
#include "distance/half.h"

namespace skerry::distance {

/// Of the metrics that have codes.
constexpr std::string_view metric_names[] = {"euclidean", "cosine", "inner_product"};

using Floats = std::vector<float>;
using Row = std::vector<std::byte>;

/// Normally distributed components around `center`.
inline Floats random_floats(std::size_t dimension, Random& random, double center = 0) {
  Floats vector(dimension);
  for (float& x : vector) {
    const double radius = std::sqrt(-2 * std::log(1 - random.unit()));
    x = static_cast<float>(center + radius * std::cos(6.283185307179586 * random.unit()));
  }
  return vector;
}

inline Row row_of(const Metric& metric, const Floats& vector) {
  Row row(metric.row_bytes(vector.size()));
  metric.encode(std::as_bytes(std::span(vector)), vector.size(), row.data());
  return row;
}

inline Encoder trained(const Encoding& encoding, const Metric& metric, const std::vector<Row>& rows,
                       std::size_t dimension) {
  std::vector<const std::byte*> pointers;
  for (const Row& row : rows) pointers.push_back(row.data());
  return Encoder::train(encoding, metric, dimension, pointers);
}

inline Row code_of(const Encoder& encoder, const Row& row) {
  Row code(encoder.code_bytes());
  encoder.encode(row.data(), code.data());
  return code;
}

inline Row query_of(const Encoder& encoder, const Row& row) {
  Row query(encoder.query_bytes());
  encoder.encode_query(row.data(), query.data());
  return query;
}

inline float distance_by_codes(const Encoder& encoder, const Row& a, const Row& b) {
  const Row query = query_of(encoder, a);
  const Row code = code_of(encoder, b);
  const std::byte* place = code.data();
  float out = 0;
  encoder.encoding().choose_kernel()(query.data(), &place, 1, encoder.dimension(), &out);
  return out;
}

inline float bias_of(const Row& code) { return load<float>(code.data() + code.size() - 8); }

inline float scale_of(const Row& code) { return load<float>(code.data() + code.size() - 4); }

/// The small numbers of a code, from its bytes as distance/encoding.h tells of them.
inline std::vector<double> numbers_of(const Encoder& encoder, const Row& code) {
  std::vector<double> numbers;
  for (std::size_t i = 0; i < encoder.dimension(); ++i) {
    numbers.push_back(encoder.encoding().name == "i8"
                          ? std::to_integer<int>(code[i]) - 128
                          : from_half(load<std::uint16_t>(code.data() + 2 * i)));
  }
  return numbers;
}

inline std::vector<double> decode(const Encoder& encoder, const Row& code) {
  std::vector<double> vector = numbers_of(encoder, code);
  for (std::size_t i = 0; i < vector.size(); ++i) {
    vector[i] = encoder.mean()[i] + scale_of(code) * vector[i];
  }
  return vector;
}

/// Component i of an i4 code, odd, -15..15.
inline int level_of(const Row& code, std::size_t i, std::size_t dimension) {
  const std::size_t within = i % 128;
  const std::size_t low = (std::min<std::size_t>(128, dimension - i / 128 * 128) + 1) / 2;
  const auto byte = std::to_integer<int>(code[i / 128 * 64 + within % low]);
  return 2 * (within < low ? byte & 15 : byte >> 4) - 15;
}

/// Bit i of a rabitq code.
inline bool bit_of(const Row& code, std::size_t i) {
  return (std::to_integer<unsigned>(code[i / 8]) >> (i % 8) & 1) != 0;
}

/// What codes stand for: the vector, or its direction under cosine.
inline std::vector<double> coded(const Metric& metric, const Row& row, std::size_t dimension) {
  const float factor = metric.name == "cosine" ? load<float>(row.data() + 4 * dimension) : 1;
  std::vector<double> vector(dimension);
  for (std::size_t i = 0; i < dimension; ++i) vector[i] = load<float>(row.data() + 4 * i) * factor;
  return vector;
}

/// The distance between decoded vectors that distance/encoding.h promises, in f64.
inline double decoded_distance(const Metric& metric, const std::vector<double>& a,
                               const std::vector<double>& b) {
  double square = 0;
  double dot = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    square += (a[i] - b[i]) * (a[i] - b[i]);
    dot += a[i] * b[i];
  }
  if (metric.name == "inner_product") return -dot;
  return metric.name == "cosine" ? square / 2 : square;
}

}  // namespace skerry::distance
