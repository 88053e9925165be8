#pragma once
// What all queries share: from a vector to a row, from slots to hits, from a failure to an error.

#include <cstddef>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "graph/query.h"
#include "graph/stored_index.h"

namespace skerry::graph {

/// Encodes a query into `row` (index.row_bytes()). Throws Error{invalid_argument}: another size
/// than the index's vectors, or what Metric::encode() refuses.
void encode_query(const StoredIndex& index, Bytes query, std::byte* row);

/// Throws Error{invalid_argument} unless `filter` is null or of this index.
void check_filter(const StoredIndex& index, const Filter* filter);

/// Appends the live items of `found`, which is sorted, until there are k hits; ties by id. `ids`:
/// as IdMap::load() gives them, or empty to ask the index each time.
void take_hits(const StoredIndex& index, std::span<const ItemId> ids,
               std::span<const Neighbor> found, std::size_t k, std::vector<Hit>& hits);

/// The error for a record that a view could not use.
Error record_error(const StoredIndex& index, const RecordPlace& place, Code code);

}  // namespace skerry::graph
