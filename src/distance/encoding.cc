#include "distance/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <cstdint>

#include "base/error.h"
#include "base/spec.h"
#include "distance/half.h"
#include "distance/kernels.h"
#include "distance/rotation.h"

namespace skerry::distance {

namespace {

constexpr std::size_t header_bytes = 2 * sizeof(float);

// A quarter of what sums of f32 would allow, since bias_x + bias_y + 2 <..> is four such terms. A
// query may be longer by what rounding a code takes off it, so that every item can be asked for.
constexpr double largest_square = FLT_MAX / 16;
constexpr double largest_query_square = FLT_MAX / 8;

float largest_magnitude(std::span<const float> residual) {
  float largest = 0;
  for (const float r : residual) largest = std::max(largest, std::fabs(r));
  return largest;
}

namespace i8 {

// -128 is left out, so that a code and its negative are equally good.
constexpr float steps = 127;
constexpr int zero = 128;  ///< the byte of 0 in a code, which holds c + 128; a query holds c

std::size_t code_bytes(std::size_t dimension) { return dimension + header_bytes; }

std::size_t query_bytes(std::size_t dimension) {
  return dimension + sizeof(std::int32_t) + header_bytes;
}

/// Calls put(i, c) for each component.
template <class Put>
CodeParts quantize(std::span<const float> residual, std::span<const float> mean, Put&& put) {
  const float scale = largest_magnitude(residual) / steps;
  if (scale < FLT_MIN) {  // too small to divide by: the mean itself
    for (std::size_t i = 0; i < residual.size(); ++i) put(i, 0);
    return {};
  }
  std::int64_t square = 0;
  double along_mean = 0;
  for (std::size_t i = 0; i < residual.size(); ++i) {
    const auto c = static_cast<int>(std::lrint(residual[i] / scale));
    put(i, c);
    square += c * c;
    along_mean += static_cast<double>(mean[i]) * c;
  }
  const double s = scale;
  const double length = s * s * static_cast<double>(square);
  return {scale, length, s * along_mean, length};
}

CodeParts write_code(std::span<const float> residual, std::span<const float> mean,
                     std::byte* code) {
  return quantize(residual, mean,
                  [&](std::size_t i, int c) { code[i] = static_cast<std::byte>(c + zero); });
}

/// Behind the components: what `zero` adds to a sum, i32.
CodeParts write_query(std::span<const float> residual, std::span<const float> mean,
                      std::byte* query) {
  std::int32_t sum = 0;
  const CodeParts parts = quantize(residual, mean, [&](std::size_t i, int c) {
    query[i] = static_cast<std::byte>(c);
    sum += c;
  });
  store(query + residual.size(), zero * sum);
  return parts;
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

namespace rabitq {

std::size_t code_bytes(std::size_t dimension) {
  return (dimension + 7) / 8 + sizeof(std::int32_t) + header_bytes;
}

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
  if (along_signs >= FLT_MIN) parts.scale = static_cast<float>(parts.square / along_signs);
  parts.longest =
      static_cast<double>(parts.scale) * parts.scale * static_cast<double>(turned.size());
  return parts;
}

/// Components are k + 128; behind them the sum of k, i32.
CodeParts write_query(std::span<const float> residual, std::span<const float> mean,
                      std::byte* query) {
  CodeParts parts = exact_parts(residual, mean);
  std::int32_t sum = 0;
  const CodeParts steps = i8::quantize(rotated(residual), mean, [&](std::size_t i, int k) {
    query[i] = static_cast<std::byte>(k + i8::zero);
    sum += k;
  });
  store(query + residual.size(), sum);
  parts.scale = steps.scale;
  parts.longest = steps.longest;
  return parts;
}

}  // namespace rabitq

constexpr std::array<Encoding, 3> registry{{
    {"f16", "halves around the mean: 2 bytes a component", std::size_t{1} << 24, &f16::code_bytes,
     &f16::query_bytes, &f16::write_code, &f16::write_query, &f16_code_kernel},
    {"i8", "127 steps to either side of the mean: 1 byte a component", std::size_t{1} << 16,
     &i8::code_bytes, &i8::query_bytes, &i8::write_code, &i8::write_query, &i8_code_kernel},
    {"rabitq", "signs around the mean after a random rotation: 1 bit a component",
     std::size_t{1} << 16, &rabitq::code_bytes, &i8::query_bytes, &rabitq::write_code,
     &rabitq::write_query, &rabitq_code_kernel},
}};

/// What a row's vector is multiplied with before it is coded.
float factor_of(const Metric& metric, const std::byte* row, std::size_t dimension) {
  return metric.name == "cosine" ? load<float>(row + metric.vector_bytes(dimension)) : 1.0F;
}

}  // namespace

std::span<const Encoding> encodings() { return registry; }

const Encoding& encoding(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Encoding& candidate : registry) {
    if (candidate.name == name) return candidate;
    known.push_back(candidate.name);
  }
  throw Error(Code::invalid_argument, unknown_name("encoding", name, known));
}

void check_encoding(const Encoding& encoding, const Metric& metric, std::size_t dimension) {
  if (metric.name == "manhattan" || metric.name == "hamming") {
    throw Error(Code::invalid_argument,
                fmt::format("encoding `{}` is for euclidean, cosine and inner_product, not for {}",
                            encoding.name, metric.name));
  }
  if (dimension == 0 || dimension > encoding.max_dimension) {
    throw Error(Code::invalid_argument,
                fmt::format("encoding `{}` is for vectors of 1..{} components, not of {}",
                            encoding.name, encoding.max_dimension, dimension));
  }
}

Encoder::Encoder(const Encoding& encoding, const Metric& metric, std::vector<float> mean)
    : encoding_(&encoding), metric_(&metric), mean_(std::move(mean)) {
  check_encoding(encoding, metric, mean_.size());
  for (const float x : mean_) mean_square_ += static_cast<double>(x) * x;
  if (!(mean_square_ <= largest_square)) {
    throw Error(Code::invalid_argument,
                fmt::format("the mean of an encoding has a squared norm of {:.3g}; it must be at "
                            "most {:.3g}",
                            mean_square_, largest_square));
  }
}

Encoder Encoder::train(const Encoding& encoding, const Metric& metric, std::size_t dimension,
                       std::span<const std::byte* const> rows) {
  check_encoding(encoding, metric, dimension);
  std::vector<double> sums(dimension, 0);
  for (const std::byte* row : rows) {
    const float factor = factor_of(metric, row, dimension);
    for (std::size_t i = 0; i < dimension; ++i) {
      sums[i] += load<float>(row + i * sizeof(float)) * factor;
    }
  }
  std::vector<float> mean(dimension, 0);
  for (std::size_t i = 0; i < dimension && !rows.empty(); ++i) {
    mean[i] = static_cast<float>(sums[i] / static_cast<double>(rows.size()));
  }
  return {encoding, metric, std::move(mean)};
}

void Encoder::write(const std::byte* row, Write components, float factor, double limit,
                    std::byte* code, std::size_t bytes) const {
  thread_local std::vector<float> residual;
  residual.resize(mean_.size());
  const float unit = factor_of(*metric_, row, mean_.size());
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    residual[i] = load<float>(row + i * sizeof(float)) * unit - mean_[i];
  }
  const CodeParts parts = components(residual, mean_, code);
  double bias = parts.square;
  if (metric_->name == "cosine") bias = (parts.square + (unit == 0 ? 1 : 0)) / 2;
  if (metric_->name == "inner_product") bias = -(parts.along_mean + mean_square_ / 2);
  const double largest = std::max({parts.square, parts.longest, std::fabs(bias)});
  if (!(largest <= limit)) {
    throw Error(Code::invalid_argument,
                fmt::format("the vector is too long for encoding `{}`: around the mean it comes "
                            "to {:.3g} (squared), and above {:.3g} distances could overflow",
                            encoding_->name, largest, limit));
  }
  store(code + bytes - header_bytes, static_cast<float>(bias));
  store(code + bytes - sizeof(float), parts.scale * factor);
}

void Encoder::encode(const std::byte* row, std::byte* code) const {
  write(row, encoding_->write_code, 1, largest_square, code, code_bytes());
}

void Encoder::encode_query(const std::byte* row, std::byte* query) const {
  // |x - y|^2 has twice the inner product; which side carries the 2 does not matter.
  const float factor = metric_->name == "euclidean" ? 2 : 1;
  write(row, encoding_->write_query, factor, largest_query_square, query, query_bytes());
}

}  // namespace skerry::distance
