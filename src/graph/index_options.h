#pragma once
// What an index that can be updated is made with.

#include <cstdint>
#include <string>

#include "distance/encoding.h"
#include "graph/meta.h"

namespace skerry::graph {

/// What an index is made with. Specs are those of configs (docs/configs.md).
struct IndexOptions {
  std::string metric;
  std::size_t dimension = 0;
  DegreeBounds bounds{};
  BuildSpecs build{};
  std::string codec = "delta";
  std::string layout = "apart";
  std::string order = "insertion";
  std::uint64_t seed = 1;
  /// Of codes that the index keeps beside its vectors (distance/encoding.h); empty: no codes.
  std::string encoding{};
};

/// The encoding of codes that an index with these options keeps; null: none. Throws
/// Error{invalid_argument} when it has no meaning for the metric and dimension.
const distance::Encoding* encoding_of(const IndexOptions& options);

/// The meta record of an index without items. Throws Error{invalid_argument, unsupported} for
/// options that Writer::create() refuses.
Meta empty_meta(const IndexOptions& options);

/// What an index with this meta record was made with.
IndexOptions options_of(const Meta& meta);

}  // namespace skerry::graph
