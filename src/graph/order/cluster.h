#pragma once
// An order by nearness in space.

#include "graph/order/order.h"

namespace skerry::graph {

/// The levels of the graph as a tree: every item hangs under the nearest item that is present one
/// level higher than its own top, as a search of that level finds it. Slots are given depth first,
/// children by distance from their parent, so that the items around one of a higher level lie
/// together, and so do the groups around one of a higher level still.
class Cluster final : public Order {
 public:
  std::string_view name() const noexcept override { return "cluster"; }

  std::string_view description() const noexcept override {
    return "items around the nearest one of the level above, and so on up";
  }

  std::vector<Slot> items(const Graph& graph, const Rows& rows, unsigned threads) const override;
};

}  // namespace skerry::graph
