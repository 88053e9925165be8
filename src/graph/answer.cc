#include "graph/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "graph/filter.h"

namespace skerry::graph {

void encode_query(const StoredIndex& index, Bytes query, std::byte* row) {
  const distance::Metric& metric = index.metric();
  const std::size_t dimension = index.meta().dimension;
  if (query.size() != metric.vector_bytes(dimension)) {
    throw Error(Code::invalid_argument, "the query has another size than the index's vectors",
                {.expected = fmt::format("{} bytes ({} components)", metric.vector_bytes(dimension),
                                         dimension),
                 .found = fmt::format("{} bytes", query.size())});
  }
  metric.encode(query, dimension, row);
}

void check_filter(const StoredIndex& index, const Filter* filter) {
  if (filter == nullptr || &filter->index() == &index) return;
  throw Error(Code::invalid_argument,
              "the filter was made by another reader, whose slots may be others; make it with "
              "filter() of the reader that searches");
}

void take_hits(const StoredIndex& index, std::span<const ItemId> ids,
               std::span<const Neighbor> found, std::size_t k, std::vector<Hit>& hits) {
  for (const Neighbor& neighbor : found) {
    if (hits.size() == k) break;
    if (neighbor.distance == std::numeric_limits<float>::infinity()) break;  // entry without row
    if (index.dead().dead(neighbor.slot)) continue;
    const ItemId id = ids.empty() ? index.ids().id_of(neighbor.slot) : ids[neighbor.slot];
    hits.push_back({id, index.metric().reported(neighbor.distance)});
  }
  if (index.ids().identity()) return;
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.id < b.id;
  });
}

Error record_error(const StoredIndex& index, const RecordPlace& place, Code code) {
  const VectorKey vector_key(place.slot);
  const LinkKey link_key(place.level, place.slot);
  return {code,
          fmt::format("a record of index `{}` cannot be used: {}", index.name(), name(code)),
          {.table = table_name(index.name(), place.is_code     ? "codes"
                                             : place.is_vector ? "vectors"
                                                               : "links"),
           .key = place.is_vector ? to_hex(vector_key.bytes) : to_hex(link_key.bytes)}};
}

}  // namespace skerry::graph
