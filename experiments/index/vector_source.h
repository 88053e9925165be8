#pragma once
// Vectors with ids for an index: rows of a data set's file, or lines of JSON.
//
// A line of JSON is an object {"id": 17, "vector": [0.5, 1, ..]}; other members are ignored, as are
// blank lines. Under hamming components are 0 and 1.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/types.h"
#include "distance/metric.h"

namespace skerry::experiments {

class VectorSource {
 public:
  using Visit = std::function<void(ItemId id, Bytes vector)>;

  virtual ~VectorSource() = default;

  /// Components of each vector; 0 when there are no vectors.
  virtual std::size_t dimension() const noexcept = 0;

  /// How many there are; none where only the end tells.
  virtual std::optional<std::size_t> count() const noexcept = 0;

  /// Visits each vector, in the order of the source; `vector` is one of the metric's and ends with
  /// the call. To be called once. Throws Error{corrupt, invalid_argument} that names the row or
  /// line, io, and what `visit` throws.
  virtual void for_each(const Visit& visit) = 0;
};

struct VectorRequest {
  /// A data set's file, of which the vectors to search are taken; *.ndjson or *.jsonl: lines of
  /// JSON; "-": lines of JSON on standard input.
  std::string path;
  bool queries = false;              ///< take a file's queries, where it has some
  std::optional<ItemId> first_id{};  ///< of row 0, as the user wants it; not for lines of JSON
  ItemId next_id = 0;                ///< of row 0, when nobody says
};

bool is_json_lines(const std::string& path);

/// Throws Error: not_found, io, corrupt, invalid_argument, and mismatch for a file that declares
/// another metric. Reads the first line of JSON lines.
std::unique_ptr<VectorSource> open_vectors(const VectorRequest& request,
                                           const distance::Metric& metric);

}  // namespace skerry::experiments
