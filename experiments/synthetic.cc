#include "experiments/synthetic.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/spec.h"
#include "experiments/formats/matrix_file.h"

namespace skerry::experiments {

namespace {

constexpr std::array<const SyntheticKind*, 9> kinds{
    &uniform_kind, &gaussian_kind,    &clustered_kind, &hierarchy_kind, &low_rank_kind,
    &copies_kind,  &heavy_norms_kind, &shifted_kind,   &indyk_xu_kind};

constexpr std::uint64_t most_attempts = 16;

std::unique_ptr<Generator> parse(const std::string& text) {
  const Spec spec = Spec::parse(text);
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const SyntheticKind* candidate) {
    return candidate->name == spec.name;
  });
  if (kind == kinds.end()) {
    std::vector<std::string_view> names;
    for (const SyntheticKind* known : kinds) names.push_back(known->name);
    throw Error(Code::invalid_argument, unknown_name("synthetic data set", spec.name, names));
  }
  const Arguments arguments(spec, (*kind)->parameters);
  for (const Parameter& parameter : (*kind)->parameters) {
    if (!parameter.default_value.empty() || !arguments.is(parameter.name, "")) continue;
    throw Error(Code::invalid_argument,
                fmt::format("`{}` needs `{}`, as in {}", text, parameter.name, (*kind)->example));
  }
  return (*kind)->make(arguments);
}

/// Components as the metric stores them: f32, or bits.
void store(std::span<const float> vector, bool bits, float middle, std::byte* row,
           std::size_t row_bytes) {
  if (!bits) {
    std::memcpy(row, vector.data(), row_bytes);
    return;
  }
  std::memset(row, 0, row_bytes);
  for (std::size_t j = 0; j < vector.size(); ++j) {
    if (vector[j] >= middle) row[j / 8] |= std::byte{1} << (j % 8);
  }
}

/// Fills rows by `draw(row, out)`, on all cores: a row depends on nothing but its index.
template <class Draw>
void fill(Matrix& matrix, const Generator& generator, bool bits, const Draw& draw) {
  constexpr std::size_t grain_components = std::size_t{1} << 16;
  const std::size_t grain = std::max<std::size_t>(1, grain_components / matrix.dimension);
  parallel_for(matrix.rows, machine_threads(), grain,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 std::vector<float> vector(matrix.dimension);
                 for (std::size_t row = begin; row < end; ++row) {
                   draw(row, std::span<float>(vector));
                   store(vector, bits, generator.middle(),
                         matrix.data.data() + row * matrix.row_bytes, matrix.row_bytes);
                 }
               });
}

/// Queries that equal a vector, ascending.
std::vector<std::size_t> equal_to_a_vector(const Matrix& train, const Matrix& test) {
  std::unordered_multimap<std::uint64_t, std::size_t> queries;
  const auto hash = [](Bytes row) { return XXH3_64bits(row.data(), row.size()); };
  for (std::size_t i = 0; i < test.rows; ++i) queries.emplace(hash(test.row(i)), i);
  std::vector<std::size_t> equal;
  for (std::size_t i = 0; i < train.rows; ++i) {
    const Bytes row = train.row(i);
    const auto [first, last] = queries.equal_range(hash(row));
    for (auto at = first; at != last; ++at) {
      const Bytes query = test.row(at->second);
      if (std::equal(row.begin(), row.end(), query.begin())) equal.push_back(at->second);
    }
  }
  std::sort(equal.begin(), equal.end());
  equal.erase(std::unique(equal.begin(), equal.end()), equal.end());
  return equal;
}

void draw_queries_again(const Generator& generator, bool bits, const Matrix& train, Matrix& test) {
  std::vector<float> vector(test.dimension);
  for (std::uint64_t attempt = 1; attempt <= most_attempts; ++attempt) {
    const std::vector<std::size_t> equal = equal_to_a_vector(train, test);
    if (equal.empty()) return;
    for (const std::size_t query : equal) {
      generator.query(query, attempt, vector);
      store(vector, bits, generator.middle(), test.data.data() + query * test.row_bytes,
            test.row_bytes);
    }
  }
}

}  // namespace

std::span<const SyntheticKind* const> synthetic_kinds() { return kinds; }

DatasetInfo synthetic_info(const std::string& spec) {
  const SyntheticShape shape = parse(spec)->shape();
  DatasetInfo info;
  info.format = "synthetic";
  info.rows = shape.n;
  info.dimension = shape.d;
  info.queries = shape.queries;
  return info;
}

Dataset synthetic_dataset(const std::string& spec, const distance::Metric& metric,
                          std::size_t limit) {
  const std::unique_ptr<Generator> generator = parse(spec);
  const SyntheticShape& shape = generator->shape();
  const std::size_t rows = limit == 0 ? shape.n : std::min(shape.n, limit);
  const bool bits = metric.element == distance::Element::bit;
  Dataset dataset;
  dataset.name = spec;
  dataset.train = allocate_matrix(rows, shape.d, metric, spec);
  dataset.test = allocate_matrix(shape.queries, shape.d, metric, spec);
  generator->prepare();
  fill(dataset.train, *generator, bits,
       [&](std::size_t row, std::span<float> out) { generator->vector(row, out); });
  fill(dataset.test, *generator, bits,
       [&](std::size_t row, std::span<float> out) { generator->query(row, 0, out); });
  draw_queries_again(*generator, bits, dataset.train, dataset.test);
  return dataset;
}

}  // namespace skerry::experiments
