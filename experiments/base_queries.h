#pragma once
// Queries drawn from the indexed vectors themselves, as `base(count=100, seed=1)`: the protocol of
// Meilisearch's vector-store-relevancy-benchmark. A query's nearest neighbour is then itself.

#include <cstdint>
#include <optional>
#include <string>

#include "experiments/dataset.h"

namespace skerry::experiments {

struct BaseQueries {
  std::size_t count = 0;
  std::uint64_t seed = 0;
};

/// Empty when `text` does not begin as this spec does (it is then a file's name). Throws
/// Error{invalid_argument} for a faulty spec.
std::optional<BaseQueries> parse_base_queries(const std::string& text);

/// Throws Error{invalid_argument} when `rows` vectors are fewer than the queries.
void check_base_queries(std::size_t rows, const BaseQueries& queries);

/// `count` different rows of `train`, in a random order: for a seed the same on every machine, and
/// fewer are the beginning of more. Throws what check_base_queries() throws.
Matrix draw_base_queries(const Matrix& train, const BaseQueries& queries);

}  // namespace skerry::experiments
