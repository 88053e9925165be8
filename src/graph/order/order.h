#pragma once
// How items are numbered in a store. Links are coded as gaps between slots, so an order that puts
// neighbours near each other makes lists smaller, and values that are read together lie together.

#include <span>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "graph/rows.h"

namespace skerry::graph {

/// One kind of order; stateless, one object lives for the whole program.
class Order {
 public:
  virtual ~Order() = default;

  virtual std::string_view name() const noexcept = 0;

  /// One line for `skerry list`.
  virtual std::string_view description() const noexcept = 0;

  /// The items in the order of their new slots: a permutation of 0..n-1. Depends on graph and rows
  /// only, never on `threads`.
  virtual std::vector<Slot> items(const Graph& graph, const Rows& rows, unsigned threads) const = 0;
};

/// All orders, in the order in which they are listed to people; the first is `insertion`.
std::span<const Order* const> orders();

/// By name; Error{invalid_argument} that names the nearest order and lists the rest.
const Order& order(std::string_view name);

/// The graph with item items[i] at slot i, its lists ascending, its entry points in their order.
Graph renumber(const Graph& graph, std::span<const Slot> items, unsigned threads = 1);

}  // namespace skerry::graph
