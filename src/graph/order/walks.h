#pragma once
// Orders that follow the links of level 0 from one item to the next.

#include "graph/order/order.h"

namespace skerry::graph {

/// Breadth first from the entry points, a list's targets by their number; what no link reaches
/// starts a walk of its own, smallest number first.
class BreadthFirst final : public Order {
 public:
  std::string_view name() const noexcept override { return "bfs"; }

  std::string_view description() const noexcept override {
    return "breadth first over level 0 from the entry points";
  }

  std::vector<Slot> items(const Graph& graph, const Rows& rows, unsigned threads) const override;
};

/// Reverse Cuthill-McKee over level 0 read as an undirected graph (Cuthill & McKee, ACM 1969;
/// reversed: George 1971), which keeps |slot - neighbour| small. Each walk starts at an item found
/// by walking from an item of smallest degree to one farthest from it (George & Liu 1979) and takes
/// targets by ascending degree.
class ReverseCuthillMcKee final : public Order {
 public:
  std::string_view name() const noexcept override { return "rcm"; }

  std::string_view description() const noexcept override {
    return "reverse Cuthill-McKee over level 0: neighbours within a narrow band";
  }

  std::vector<Slot> items(const Graph& graph, const Rows& rows, unsigned threads) const override;
};

}  // namespace skerry::graph
