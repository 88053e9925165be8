#include "distance/metric.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "base/spec.h"
#include "distance/kernels.h"

namespace skerry::distance {

namespace {

double as_is(float stored) { return stored; }

double root(float stored) { return std::sqrt(static_cast<double>(stored)); }

constexpr std::array<Metric, 5> registry{{
    {"euclidean", "L2; stored squared", Element::f32, true, true, 2, 0, &root, &squared_l2_kernels},
    {"cosine", "1 - cosine of the angle", Element::f32, true, true, 2, sizeof(float), &as_is,
     &cosine_kernels},
    {"inner_product", "minus the inner product", Element::f32, false, false, 1, 0, &as_is,
     &negative_dot_kernels},
    {"manhattan", "L1", Element::f32, true, true, 1, 0, &as_is, &l1_kernels},
    {"hamming", "differing bits", Element::bit, true, true, 1, 0, &as_is, &hamming_kernels},
}};

float component(Bytes vector, std::size_t i) { return load<float>(vector.data() + i * 4); }

/// Norms of a float vector in f64, in index order.
struct Norms {
  double l1 = 0;
  double squared = 0;
};

Norms checked_norms(Bytes vector, std::size_t dimension) {
  Norms norms;
  for (std::size_t i = 0; i < dimension; ++i) {
    const double x = component(vector, i);
    if (!std::isfinite(x)) {
      throw Error(Code::invalid_argument,
                  fmt::format("component {} is {}; components must be finite", i, x));
    }
    norms.l1 += std::fabs(x);
    norms.squared += x * x;
  }
  return norms;
}

void refuse_length(std::string_view norm, double value, double limit) {
  if (value <= limit) return;
  throw Error(Code::invalid_argument,
              fmt::format("the vector is too long: its {} is {:.3g}, and above {:.3g} distances "
                          "could overflow",
                          norm, value, limit));
}

// Half of what exact sums would allow: the kernels' sums may be rounded upwards.
constexpr double longest_squared = FLT_MAX / 8;
constexpr double longest_l1 = FLT_MAX / 4;
constexpr double least_norm = 1e-16;
constexpr double largest_norm = 1e16;

}  // namespace

std::size_t Metric::vector_bytes(std::size_t dimension) const noexcept {
  return element == Element::f32 ? dimension * sizeof(float) : (dimension + 7) / 8;
}

std::size_t Metric::row_bytes(std::size_t dimension) const noexcept {
  return vector_bytes(dimension) + header;
}

void Metric::encode(Bytes vector, std::size_t dimension, std::byte* row) const {
  if (vector.size() != vector_bytes(dimension)) {
    throw Error(Code::invalid_argument, "the vector has the wrong size",
                {.expected = fmt::format("{} bytes", vector_bytes(dimension)),
                 .found = fmt::format("{} bytes", vector.size())});
  }
  if (element == Element::bit) {
    const std::size_t spare = vector.size() * 8 - dimension;
    if (spare > 0 && std::to_integer<unsigned>(vector.back()) >> (8 - spare) != 0) {
      throw Error(Code::invalid_argument,
                  fmt::format("bits behind the last of {} are set; they must be zero", dimension));
    }
    std::memcpy(row, vector.data(), vector.size());
    return;
  }
  const Norms norms = checked_norms(vector, dimension);
  std::memcpy(row, vector.data(), vector.size());
  if (header != 0) {  // cosine
    const double norm = std::sqrt(norms.squared);
    refuse_length("norm", norm, largest_norm);
    store(row + vector.size(), norm < least_norm ? 0.0F : static_cast<float>(1 / norm));
  } else if (name == "manhattan") {
    refuse_length("L1 norm", norms.l1, longest_l1);
  } else {
    refuse_length("squared norm", norms.squared, longest_squared);
  }
}

Kernels Metric::kernels() const { return choose_kernels(); }

std::span<const Metric> metrics() { return registry; }

const Metric& metric(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Metric& candidate : registry) {
    if (candidate.name == name) return candidate;
    known.push_back(candidate.name);
  }
  throw Error(Code::invalid_argument, unknown_name("metric", name, known));
}

double exact_distance(const Metric& metric, Bytes a, Bytes b, std::size_t dimension) {
  if (metric.element == Element::bit) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < metric.vector_bytes(dimension); ++i) {
      count += static_cast<std::size_t>(__builtin_popcount(std::to_integer<unsigned>(a[i] ^ b[i])));
    }
    return static_cast<double>(count);
  }
  double difference_squared = 0;
  double difference_l1 = 0;
  double dot = 0;
  double norm_a = 0;
  double norm_b = 0;
  for (std::size_t i = 0; i < dimension; ++i) {
    const double x = component(a, i);
    const double y = component(b, i);
    difference_squared += (x - y) * (x - y);
    difference_l1 += std::fabs(x - y);
    dot += x * y;
    norm_a += x * x;
    norm_b += y * y;
  }
  if (metric.name == "euclidean") return std::sqrt(difference_squared);
  if (metric.name == "manhattan") return difference_l1;
  if (metric.name == "inner_product") return -dot;
  const double norms = std::sqrt(norm_a) * std::sqrt(norm_b);
  if (std::sqrt(norm_a) < least_norm || std::sqrt(norm_b) < least_norm) return 1;
  return std::max(0.0, 1 - dot / norms);
}

}  // namespace skerry::distance
