#pragma once
// Narrower and earlier ended searches, out of a recorded one (graphs/trace.h says why that works).

#include <cstddef>
#include <vector>

#include "base/types.h"
#include "experiments/graphs/termination.h"
#include "experiments/graphs/trace.h"
#include "graph/search.h"

namespace skerry::experiments {

struct Replayed {
  std::vector<Neighbor> hits;  ///< at most k, nearest first
  graph::SearchWork work;
};

/// What search_graph() with beam `ef` on level 0 finds and does, ended by `rule`: hits, distances
/// and hops are equal, bit for bit. 1 <= k <= ef <= the recorded beam. Throws
/// Error{invalid_argument} for others, corrupt when the trace is none of a beam search.
Replayed replay(const Trace& trace, std::uint32_t recorded_ef, std::size_t k, std::size_t ef,
                const Termination& rule);

}  // namespace skerry::experiments
