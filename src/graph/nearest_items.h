#pragma once
// Items in order of distance, batch by batch, for as long as the caller wants more.

#include <cstddef>

#include "graph/query.h"

namespace skerry::graph {

struct IterateOptions {
  std::size_t ef = 64;             ///< items that a batch looks beyond its own
  const Filter* filter = nullptr;  ///< null: every item. Of the same reader
  Limits limits{};                 ///< of each batch
};

/// One query that goes on. For one thread; must not outlive its reader.
class NearestItems {
 public:
  virtual ~NearestItems() = default;

  /// The next `count` items (>= 1), nearest first. No item comes twice, and without limits all
  /// accepted items come in the end. Within a batch the order is exact; an item that the walk met
  /// late may be nearer than items of earlier batches, unless `exact` was set by then: a larger ef
  /// makes that rarer. fewer_than_k says that there are no more. A batch that a limit ended is
  /// degraded: it gives the nearest of what was met, and the next batch goes on.
  /// The work is at most about that of two scans, over all batches: when a scan is cheaper than to
  /// walk on, the rest is scanned, and `exact` is set from then on. Throws as
  /// Searcher::by_vector().
  virtual QueryResult next(std::size_t count) = 0;
};

}  // namespace skerry::graph
