#include "experiments/synthetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "base/spec.h"
#include "base/types.h"
#include "experiments/formats/matrix_file.h"

namespace skerry::experiments {

namespace {

constexpr Parameter rows{"n", "int", "", "vectors, 1..2^31"};
constexpr Parameter dimension{"d", "int", "", "components, 1..2^24"};
constexpr Parameter query_count{"queries", "int", "1000", "queries, 1..2^31"};
constexpr Parameter seed_value{"seed", "int", "1", "seed of the random numbers, >= 0"};
constexpr Parameter cluster_count{"clusters", "int", "100", "centres, 1..2^31"};
constexpr Parameter cluster_spread{"spread", "real", "0.1", "deviation from the centre, 0..1000"};

constexpr std::array plain_parameters{rows, dimension, query_count, seed_value};
constexpr std::array clustered_parameters{rows,           dimension,   cluster_count,
                                          cluster_spread, query_count, seed_value};

constexpr std::array<std::string_view, 3> shapes{"uniform", "gaussian", "clustered"};

/// Separates what is drawn for vectors, queries and centres.
enum class Stream : std::uint64_t { vector, query, centre };

struct Plan {
  std::string shape;
  std::size_t n = 0;
  std::size_t d = 0;
  std::size_t queries = 0;
  std::uint64_t seed = 0;
  std::uint64_t clusters = 0;
  double spread = 0;

  Random random(Stream stream, std::uint64_t index) const {
    return Random(hash64(hash64(seed, static_cast<std::uint64_t>(stream)), index));
  }
};

Plan parse(const std::string& text) {
  const Spec spec = Spec::parse(text);
  if (std::find(shapes.begin(), shapes.end(), spec.name) == shapes.end()) {
    throw Error(Code::invalid_argument, unknown_name("synthetic data set", spec.name, shapes));
  }
  const bool clustered = spec.name == "clustered";
  const std::span<const Parameter> parameters =
      clustered ? std::span<const Parameter>(clustered_parameters) : plain_parameters;
  const Arguments arguments(spec, parameters);
  for (const std::string_view needed : {"n", "d"}) {
    if (!arguments.is(needed, "")) continue;
    throw Error(Code::invalid_argument,
                fmt::format("`{}` needs `{}`, as in {}(n=10000, d=32)", text, needed, spec.name));
  }
  constexpr std::int64_t most = max_slots;
  Plan plan;
  plan.shape = spec.name;
  plan.n = static_cast<std::size_t>(arguments.integer("n", 1, most));
  plan.d = static_cast<std::size_t>(arguments.integer("d", 1, max_columns));
  plan.queries = static_cast<std::size_t>(arguments.integer("queries", 1, most));
  plan.seed = static_cast<std::uint64_t>(arguments.integer("seed", 0, INT64_MAX));
  if (clustered) {
    plan.clusters = static_cast<std::uint64_t>(arguments.integer("clusters", 1, most));
    plan.spread = arguments.real("spread", 0, 1000);
  }
  return plan;
}

/// 24 bits, so that f32 holds it exactly and never rounds it up to 1.
float uniform(Random& random) { return static_cast<float>(random.bits() >> 40) * 0x1p-24F; }

double gaussian(Random& random) {
  constexpr int words = 4;
  constexpr double terms = 4 * words;
  constexpr double mean = terms * 65535 / 2;
  constexpr double deviation = 75674.45447441297;  // sqrt(terms * (2^32 - 1) / 12)
  std::uint64_t sum = 0;
  for (int i = 0; i < words; ++i) {
    const std::uint64_t bits = random.bits();
    sum += (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
  }
  return (static_cast<double>(sum) - mean) / deviation;
}

void draw(const Plan& plan, Stream stream, std::uint64_t index, std::span<float> out) {
  Random random = plan.random(stream, index);
  if (plan.shape == "uniform") {
    for (float& x : out) x = uniform(random);
  } else if (plan.shape == "gaussian") {
    for (float& x : out) x = static_cast<float>(gaussian(random));
  } else {
    Random centre = plan.random(Stream::centre, random.below(plan.clusters));
    for (float& x : out) x = static_cast<float>(uniform(centre) + plan.spread * gaussian(random));
  }
}

Matrix draw_matrix(const Plan& plan, Stream stream, std::size_t count, const std::string& text,
                   const distance::Metric& metric) {
  Matrix matrix = allocate_matrix(count, plan.d, metric, text);
  const bool bits = metric.element == distance::Element::bit;
  const float middle = plan.shape == "gaussian" ? 0.0F : 0.5F;
  std::vector<float> vector(plan.d);
  for (std::size_t i = 0; i < count; ++i) {
    draw(plan, stream, i, vector);
    std::byte* const row = matrix.data.data() + i * matrix.row_bytes;
    if (!bits) {
      std::memcpy(row, vector.data(), matrix.row_bytes);
      continue;
    }
    for (std::size_t j = 0; j < plan.d; ++j) {
      if (vector[j] >= middle) row[j / 8] |= std::byte{1} << (j % 8);
    }
  }
  return matrix;
}

}  // namespace

DatasetInfo synthetic_info(const std::string& spec) {
  const Plan plan = parse(spec);
  DatasetInfo info;
  info.format = "synthetic";
  info.rows = plan.n;
  info.dimension = plan.d;
  info.queries = plan.queries;
  return info;
}

Dataset synthetic_dataset(const std::string& spec, const distance::Metric& metric,
                          std::size_t limit) {
  Plan plan = parse(spec);
  if (limit != 0) plan.n = std::min(plan.n, limit);
  Dataset dataset;
  dataset.name = spec;
  dataset.train = draw_matrix(plan, Stream::vector, plan.n, spec, metric);
  dataset.test = draw_matrix(plan, Stream::query, plan.queries, spec, metric);
  return dataset;
}

}  // namespace skerry::experiments
