// Encodings of what a random rotation makes of a residual, whose scales make estimates of inner
// products without bias: i4 and rabitq.

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <cstdint>

#include "distance/code_writers.h"
#include "distance/rotation.h"

namespace skerry::distance {

namespace {

/// |r|^2 and <mean, r> of what is coded, before it is rotated.
CodeParts exact_parts(std::span<const float> residual, std::span<const float> mean) {
  CodeParts parts;
  for (std::size_t i = 0; i < residual.size(); ++i) {
    const double r = residual[i];
    parts.square += r * r;
    parts.along_mean += mean[i] * r;
  }
  return parts;
}

std::span<const float> rotated(std::span<const float> residual) {
  thread_local std::vector<float> turned;
  turned.assign(residual.begin(), residual.end());
  rotate(turned);
  return turned;
}

/// The scale of numbers c whose product with what they stand for is `along`, and |scale c|^2.
void set_scale(CodeParts& parts, double along, double square_of_numbers) {
  if (along < FLT_MIN) return;
  parts.scale = static_cast<float>(parts.square / along);
  parts.longest = static_cast<double>(parts.scale) * parts.scale * square_of_numbers;
}

/// The query in steps, as i8; behind them their sum, i32.
CodeParts write_steps(std::span<const float> residual, std::span<const float> mean,
                      std::byte* query) {
  CodeParts parts = exact_parts(residual, mean);
  const Steps taken = take_steps(rotated(residual), query);
  store(query + residual.size(), taken.sum);
  parts.scale = taken.scale;
  parts.longest = taken.square();
  return parts;
}

}  // namespace

namespace i4 {

namespace {

constexpr std::size_t block_bytes = 64;
constexpr std::size_t block = 2 * block_bytes;  // components

/// u of a component, 0..15, which stands for c = 2 u - 15; `steps` to one.
std::int32_t level_of(float component, float steps) {
  return static_cast<std::int32_t>(std::clamp(component * steps + 8, 0.0F, 15.0F));
}

/// <c, r>^2 / |c|^2: the larger, the smaller the angle between the code and the vector.
double alignment(std::span<const float> vector, float steps) {
  constexpr std::size_t lanes = 16;
  std::array<float, lanes> along{};
  std::array<std::int32_t, lanes> squares{};
  const auto add = [&](std::size_t i, std::size_t lane) {
    const std::int32_t c = 2 * level_of(vector[i], steps) - 15;
    along[lane] += static_cast<float>(c) * vector[i];
    squares[lane] += c * c;
  };
  std::size_t i = 0;
  for (; i + lanes <= vector.size(); i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) add(i + lane, lane);
  }
  for (std::size_t lane = 0; i < vector.size(); ++i, ++lane) add(i, lane);
  double product = 0;
  double square = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    product += along[lane];
    square += squares[lane];
  }
  return product * product / square;
}

/// Steps to one, for which the code points most nearly where the vector does. Rotated components
/// are about normally distributed: the best grid leaves out the ends of the longer ones.
float best_steps(std::span<const float> vector, float largest) {
  float best = 0;
  double most = -1;
  for (int twentieths = 13; twentieths <= 20; ++twentieths) {
    const float steps = 160 / (largest * static_cast<float>(twentieths));
    const double found = alignment(vector, steps);
    if (!(found > most)) continue;
    most = found;
    best = steps;
  }
  return best;
}

}  // namespace

std::size_t code_bytes(std::size_t dimension) { return (dimension + 1) / 2 + header_bytes; }

CodeParts write_code(std::span<const float> residual, std::span<const float> mean,
                     std::byte* code) {
  CodeParts parts = exact_parts(residual, mean);
  const std::size_t dimension = residual.size();
  std::fill_n(code, (dimension + 1) / 2, std::byte{0});
  const std::span<const float> turned = rotated(residual);
  const float largest = largest_magnitude(turned);
  if (largest / 8 < FLT_MIN) return parts;  // too small to divide by
  const float steps = best_steps(turned, largest);
  double along = 0;
  std::int64_t squares = 0;
  for (std::size_t first = 0; first < dimension; first += block) {
    const std::size_t count = std::min(block, dimension - first);
    const std::size_t low = (count + 1) / 2;
    for (std::size_t i = 0; i < count; ++i) {
      const std::int32_t u = level_of(turned[first + i], steps);
      const std::size_t at = first / 2 + (i < low ? i : i - low);
      code[at] |= static_cast<std::byte>(i < low ? u : u << 4);
      const std::int32_t c = 2 * u - 15;
      along += static_cast<double>(c) * turned[first + i];
      squares += c * c;
    }
  }
  set_scale(parts, along, static_cast<double>(squares));
  return parts;
}

CodeParts write_query(std::span<const float> residual, std::span<const float> mean,
                      std::byte* query) {
  return write_steps(residual, mean, query);
}

}  // namespace i4

namespace rabitq {

std::size_t code_bytes(std::size_t dimension) {
  return (dimension + 7) / 8 + sizeof(std::int32_t) + header_bytes;
}

/// Behind the bits: how many are set, i32.
CodeParts write_code(std::span<const float> residual, std::span<const float> mean,
                     std::byte* code) {
  CodeParts parts = exact_parts(residual, mean);
  const std::size_t bytes = (residual.size() + 7) / 8;
  std::fill_n(code, bytes, std::byte{0});
  std::int32_t set = 0;
  double along_signs = 0;
  const std::span<const float> turned = rotated(residual);
  for (std::size_t i = 0; i < turned.size(); ++i) {
    along_signs += std::fabs(turned[i]);
    if (!(turned[i] > 0)) continue;
    code[i / 8] |= static_cast<std::byte>(1U << (i % 8));
    ++set;
  }
  store(code + bytes, set);
  set_scale(parts, along_signs, static_cast<double>(turned.size()));
  return parts;
}

/// Components are k + 128; behind them the sum of k, i32.
CodeParts write_query(std::span<const float> residual, std::span<const float> mean,
                      std::byte* query) {
  const CodeParts parts = write_steps(residual, mean, query);
  for (std::size_t i = 0; i < residual.size(); ++i) query[i] ^= std::byte{128};
  return parts;
}

}  // namespace rabitq

}  // namespace skerry::distance
