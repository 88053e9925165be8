// Encodings whose numbers are those of the vector's own components: f16 and i8.

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>

#include "distance/code_writers.h"
#include "distance/half.h"

namespace skerry::distance {

float largest_magnitude(std::span<const float> vector) {
  // As whole numbers the bits of magnitudes have the same order, and maxima of those vectorize.
  std::int32_t largest = 0;
  for (const float x : vector) {
    largest = std::max(largest, std::bit_cast<std::int32_t>(x) & 0x7fffffff);
  }
  return std::bit_cast<float>(largest);
}

Steps take_steps(std::span<const float> vector, std::byte* steps) {
  // -128 is left out, so that a vector and its negative are equally good.
  constexpr float most = 127;
  // Added and taken away again, it rounds what is far smaller to whole numbers, ties to even.
  constexpr float rounder = 0x1.8p23F;
  Steps taken{.scale = largest_magnitude(vector) / most};
  if (taken.scale < FLT_MIN) {  // too small to divide by
    std::fill_n(steps, vector.size(), std::byte{0});
    return {};
  }
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const float whole = (vector[i] / taken.scale + rounder) - rounder;
    const auto c = static_cast<std::int32_t>(whole);
    steps[i] = static_cast<std::byte>(c);
    taken.sum += c;
    taken.squares += c * c;
  }
  return taken;
}

namespace i8 {

namespace {

constexpr int zero = 128;  ///< the byte of 0 in a code, which holds c + 128; a query holds c

CodeParts parts_of(const Steps& taken, const std::byte* steps, std::span<const float> mean) {
  double along_mean = 0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    along_mean += static_cast<double>(mean[i]) * std::to_integer<std::int8_t>(steps[i]);
  }
  const double square = taken.square();
  return {taken.scale, square, static_cast<double>(taken.scale) * along_mean, square};
}

}  // namespace

std::size_t code_bytes(std::size_t dimension) { return dimension + header_bytes; }

std::size_t query_bytes(std::size_t dimension) {
  return dimension + sizeof(std::int32_t) + header_bytes;
}

CodeParts write_code(std::span<const float> residual, std::span<const float> mean,
                     std::byte* code) {
  const Steps taken = take_steps(residual, code);
  const CodeParts parts = parts_of(taken, code, mean);
  for (std::size_t i = 0; i < residual.size(); ++i) code[i] ^= std::byte{zero};
  return parts;
}

/// Behind the components: what `zero` adds to a sum, i32.
CodeParts write_query(std::span<const float> residual, std::span<const float> mean,
                      std::byte* query) {
  const Steps taken = take_steps(residual, query);
  store(query + residual.size(), zero * taken.sum);
  return parts_of(taken, query, mean);
}

}  // namespace i8

namespace f16 {

std::size_t code_bytes(std::size_t dimension) {
  return dimension * sizeof(std::uint16_t) + header_bytes;
}

std::size_t query_bytes(std::size_t dimension) { return dimension * sizeof(float) + header_bytes; }

CodeParts write_code(std::span<const float> residual, std::span<const float> mean,
                     std::byte* code) {
  int exponent = 0;  // of the least power of two above all
  std::frexp(largest_magnitude(residual), &exponent);
  double square = 0;
  double along_mean = 0;
  for (std::size_t i = 0; i < residual.size(); ++i) {
    const std::uint16_t half = to_half(std::ldexp(residual[i], -exponent));
    store(code + i * sizeof(half), half);
    const double c = from_half(half);
    square += c * c;
    along_mean += mean[i] * c;
  }
  const double scale = std::ldexp(1.0, exponent);
  square *= scale * scale;
  return {static_cast<float>(scale), square, scale * along_mean, square};
}

CodeParts write_query(std::span<const float> residual, std::span<const float> mean,
                      std::byte* query) {
  CodeParts parts{.scale = 1};
  for (std::size_t i = 0; i < residual.size(); ++i) {
    const double r = residual[i];
    store(query + i * sizeof(float), residual[i]);
    parts.square += r * r;
    parts.along_mean += mean[i] * r;
  }
  parts.longest = parts.square;
  return parts;
}

}  // namespace f16

}  // namespace skerry::distance
