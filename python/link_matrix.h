#pragma once
// The links of one level as compressed sparse rows.

#include <cstdint>
#include <vector>

#include "graph/stored_index.h"

namespace skerry::python {

/// Every level has the same rows: live items by ascending id, then those that are deleted but still
/// walked through. A row without the level has no links. Targets ascend within a row.
struct LinkMatrix {
  std::vector<std::int64_t> ids;     ///< of each row; -1 for a deleted item
  std::vector<std::int64_t> starts;  ///< rows + 1
  std::vector<std::int32_t> targets;
};

/// Throws Error: invalid_argument for a level above the top level, and what load_graph() throws.
LinkMatrix link_matrix(const graph::StoredIndex& index, unsigned level);

}  // namespace skerry::python
