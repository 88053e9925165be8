#include "distance/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <cstdint>

#include "base/error.h"
#include "base/spec.h"
#include "distance/code_blocks.h"
#include "distance/code_writers.h"
#include "distance/kernels.h"

namespace skerry::distance {

namespace {

// A quarter of what sums of f32 would allow, since bias_x + bias_y + 2 <..> is four such terms. A
// query may be longer by what rounding a code takes off it, so that every item can be asked for.
constexpr double largest_square = FLT_MAX / 16;
constexpr double largest_query_square = FLT_MAX / 8;

constexpr std::array<Encoding, 4> registry{{
    {"f16", "halves around the mean: 2 bytes a component", std::size_t{1} << 24, &f16::code_bytes,
     &f16::query_bytes, &f16::write_code, &f16::write_query, &f16_code_kernel},
    {"i8", "127 steps to either side of the mean: 1 byte a component", std::size_t{1} << 16,
     &i8::code_bytes, &i8::query_bytes, &i8::write_code, &i8::write_query, &i8_code_kernel},
    {"i4", "16 levels around the mean after a random rotation: half a byte a component",
     std::size_t{1} << 16, &i4::code_bytes, &i8::query_bytes, &i4::write_code, &i4::write_query,
     &i4_code_kernel},
    {"rabitq", "signs around the mean after a random rotation: 1 bit a component",
     std::size_t{1} << 16, &rabitq::code_bytes, &i8::query_bytes, &rabitq::write_code,
     &rabitq::write_query, &rabitq_code_kernel, &rabitq_blocks},
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
  const auto check = [&](double square) {
    if (square <= limit) return;
    throw Error(Code::invalid_argument,
                fmt::format("the vector is too long for encoding `{}`: around the mean it comes "
                            "to {:.3g} (squared), and above {:.3g} distances could overflow",
                            encoding_->name, square, limit));
  };
  const double largest = largest_magnitude(residual);
  check(largest * largest);  // a damaged row may hold anything, and codes are of finite numbers
  const CodeParts parts = components(residual, mean_, code);
  double bias = parts.square;
  if (metric_->name == "cosine") bias = (parts.square + (unit == 0 ? 1 : 0)) / 2;
  if (metric_->name == "inner_product") bias = -(parts.along_mean + mean_square_ / 2);
  for (const double square : {parts.square, parts.longest, std::fabs(bias)}) check(square);
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
