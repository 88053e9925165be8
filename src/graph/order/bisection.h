#pragma once
// An order made for small gaps.

#include "graph/order/order.h"

namespace skerry::graph {

/// Recursive graph bisection (Dhulipala, Kabiljo, Karrer, Ottaviano, Pupyrev, Shalita, "Compressing
/// Graphs and Indexes with Recursive Graph Bisection", KDD 2016, Algorithm 1) over the level-0
/// lists: items are halved again and again, swapped between the halves while that lowers the
/// expected logarithms of the gaps, Σ over lists of d1 log(n1 / (d1 + 1)) + d2 log(n2 / (d2 + 1)).
/// The halves begin as the order `cluster` has them, and items of the last, smallest groups stay as
/// there. In fixed-point integers, so that it is the same on every machine.
class Bisection final : public Order {
 public:
  std::string_view name() const noexcept override { return "bisection"; }

  std::string_view description() const noexcept override {
    return "recursive graph bisection: the smallest gaps, the longest to compute";
  }

  std::vector<Slot> items(const Graph& graph, const Rows& rows, unsigned threads) const override;
};

}  // namespace skerry::graph
