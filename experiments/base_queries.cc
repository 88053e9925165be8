#include "experiments/base_queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "base/spec.h"
#include "base/types.h"

namespace skerry::experiments {

namespace {

constexpr std::array parameters{
    Parameter{"count", "int", "100", "queries, 1..2^31, at most the vectors"},
    Parameter{"seed", "int", "1", "seed of the random numbers, >= 0"}};

}  // namespace

std::optional<BaseQueries> parse_base_queries(const std::string& text) {
  if (text != "base" && !text.starts_with("base(")) return std::nullopt;
  const Arguments arguments(Spec::parse(text), parameters);
  return BaseQueries{static_cast<std::size_t>(arguments.integer("count", 1, max_slots)),
                     static_cast<std::uint64_t>(arguments.integer("seed", 0, INT64_MAX))};
}

void check_base_queries(std::size_t rows, const BaseQueries& queries) {
  if (queries.count <= rows) return;
  throw Error(Code::invalid_argument,
              fmt::format("{} queries cannot be drawn from {} vectors", queries.count, rows));
}

Matrix draw_base_queries(const Matrix& train, const BaseQueries& queries) {
  check_base_queries(train.rows, queries);
  std::vector<std::uint32_t> ids(train.rows);
  std::iota(ids.begin(), ids.end(), std::uint32_t{0});
  Random random(hash64(queries.seed, 0));
  Matrix test{queries.count, train.dimension, train.row_bytes, {}};
  test.data.resize(queries.count * train.row_bytes);
  for (std::size_t i = 0; i < queries.count; ++i) {
    std::swap(ids[i], ids[i + random.below(train.rows - i)]);
    const Bytes row = train.row(ids[i]);
    std::copy(row.begin(), row.end(),
              test.data.begin() + static_cast<std::ptrdiff_t>(i * train.row_bytes));
  }
  return test;
}

}  // namespace skerry::experiments
