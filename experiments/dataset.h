#pragma once
// Data sets: vectors to index, queries, and true neighbours, from the formats of the field.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "distance/metric.h"

namespace skerry::experiments {

/// `rows` vectors of `dimension` components, row-major without gaps, each
/// metric.vector_bytes(dimension) bytes (f32, or packed bits for hamming).
struct Matrix {
  std::size_t rows = 0;
  std::size_t dimension = 0;
  std::size_t row_bytes = 0;
  std::vector<std::byte> data;

  Bytes row(std::size_t i) const { return Bytes(data).subspan(i * row_bytes, row_bytes); }
};

/// True neighbours of each query: `depth` ids, nearest first. Where rows of a file are short (they
/// end in -1), the depth is that of the shortest; what is asked for beyond it is computed.
struct Truth {
  std::size_t depth = 0;
  std::vector<std::uint32_t> ids;  ///< [queries x depth]

  std::span<const std::uint32_t> of(std::size_t query) const {
    return std::span(ids).subspan(query * depth, depth);
  }
};

/// The [dataset] table of a config. Exactly one of path, spec, name is set.
struct DatasetRequest {
  std::string path{};
  /// A file, for formats that hold one matrix each; or, for any data set, "base(count=100,
  /// seed=1)": queries drawn from the vectors themselves, each its own nearest neighbour. Truth is
  /// then computed, whatever the files say.
  std::string queries{};
  std::string neighbors{};  ///< optional, likewise
  std::string spec{};       ///< synthetic: "uniform(n=10000, d=32, queries=500, seed=1)", ...
  std::string name{};       ///< of the catalogue: "sift-128-euclidean", ...
  std::size_t limit = 0;  ///< use only the first `limit` vectors (0: all); truth is then recomputed
};

struct Dataset {
  /// File name without folder, or the spec; with the spec of queries that were drawn from it.
  std::string name;
  std::string declared_metric;  ///< "euclidean", "cosine", ...; empty when the format has none
  Matrix train;
  Matrix test;
  std::optional<Truth> truth;  ///< as the file has it, validated
  std::string hash;            ///< 32 hex digits: XXH3_128 over shapes, train and test bytes
};

/// Loads and validates everything before returning. `metric` decides the element (f32 or bit); a
/// file that declares another metric is refused, naming both. Throws Error (not_found, io, corrupt,
/// mismatch, invalid_argument) with one clear line that names the file.
Dataset load_dataset(const DatasetRequest& request, const distance::Metric& metric);

/// The same without the file's truth, which is neither read nor checked.
Dataset load_vectors(const DatasetRequest& request, const distance::Metric& metric);

/// What can be said without reading the vectors: for `skerry dataset info` and `skerry plan`.
struct DatasetInfo {
  std::string format;           ///< "hdf5", "fvecs", "fbin", "npy", "synthetic", ...
  std::string declared_metric;  ///< empty when unknown
  std::size_t rows = 0;
  std::size_t dimension = 0;    ///< as stored: bytes where a format packs bits
  std::size_t queries = 0;      ///< 0 when unknown
  std::size_t truth_depth = 0;  ///< 0 when there is none
};

DatasetInfo dataset_info(const DatasetRequest& request);

}  // namespace skerry::experiments
