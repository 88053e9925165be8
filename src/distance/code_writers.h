#pragma once
// How each encoding writes codes and queries, up to bias and scale (Encoding in
// distance/encoding.h).

#include "distance/encoding.h"

namespace skerry::distance {

inline constexpr std::size_t header_bytes = 2 * sizeof(float);  ///< bias and scale

/// A vector in 127 steps to either side of zero.
struct Steps {
  float scale = 0;           ///< of a step; 0: all components are too small, and so are the steps
  std::int32_t sum = 0;      ///< of all numbers of steps
  std::int32_t squares = 0;  ///< of each, added up

  /// |decoded vector|^2
  double square() const { return static_cast<double>(scale) * scale * squares; }
};

/// Writes each component's number of steps, i8, into `steps`. Components are finite.
Steps take_steps(std::span<const float> vector, std::byte* steps);

/// Not a number when one of the components is not.
float largest_magnitude(std::span<const float> vector);

namespace f16 {
std::size_t code_bytes(std::size_t dimension);
std::size_t query_bytes(std::size_t dimension);
CodeParts write_code(std::span<const float> residual, std::span<const float> mean, std::byte* code);
CodeParts write_query(std::span<const float> residual, std::span<const float> mean,
                      std::byte* query);
}  // namespace f16

namespace i8 {
std::size_t code_bytes(std::size_t dimension);
std::size_t query_bytes(std::size_t dimension);
CodeParts write_code(std::span<const float> residual, std::span<const float> mean, std::byte* code);
CodeParts write_query(std::span<const float> residual, std::span<const float> mean,
                      std::byte* query);
}  // namespace i8

// Of the rotated residual; queries are of as many bytes as those of i8.

namespace i4 {
std::size_t code_bytes(std::size_t dimension);
CodeParts write_code(std::span<const float> residual, std::span<const float> mean, std::byte* code);
CodeParts write_query(std::span<const float> residual, std::span<const float> mean,
                      std::byte* query);
}  // namespace i4

namespace rabitq {
std::size_t code_bytes(std::size_t dimension);
CodeParts write_code(std::span<const float> residual, std::span<const float> mean, std::byte* code);
CodeParts write_query(std::span<const float> residual, std::span<const float> mean,
                      std::byte* query);
}  // namespace rabitq

}  // namespace skerry::distance
