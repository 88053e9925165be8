#include <algorithm>
#include <array>
#include <numeric>

#include "base/error.h"
#include "base/parallel.h"
#include "base/spec.h"
#include "graph/order/bisection.h"
#include "graph/order/cluster.h"
#include "graph/order/order.h"
#include "graph/order/walks.h"

namespace skerry::graph {

namespace {

class Insertion final : public Order {
 public:
  std::string_view name() const noexcept override { return "insertion"; }

  std::string_view description() const noexcept override {
    return "slots are ids: the order in which items were given";
  }

  std::vector<Slot> items(const Graph& graph, const Rows&, unsigned) const override {
    std::vector<Slot> items(graph.size());
    std::iota(items.begin(), items.end(), Slot{0});
    return items;
  }
};

}  // namespace

std::span<const Order* const> orders() {
  static const Insertion insertion;
  static const BreadthFirst breadth_first;
  static const Cluster cluster;
  static const Bisection bisection;
  static const ReverseCuthillMcKee reverse_cuthill_mckee;
  static const std::array<const Order*, 5> all = {&insertion, &breadth_first, &cluster,
                                                  &reverse_cuthill_mckee, &bisection};
  return all;
}

const Order& order(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Order* each : orders()) {
    if (each->name() == name) return *each;
    known.push_back(each->name());
  }
  throw Error(Code::invalid_argument, unknown_name("order", name, known));
}

Graph renumber(const Graph& graph, std::span<const Slot> items, unsigned threads) {
  std::vector<Slot> slot_of(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) slot_of[items[i]] = static_cast<Slot>(i);
  Graph renumbered(graph.bounds());
  renumbered.reserve(items.size());
  for (const Slot item : items) renumbered.add_item(graph.top_of(item));
  parallel_for(items.size(), threads, 1024, [&](std::size_t begin, std::size_t end, unsigned) {
    std::vector<Slot> list;
    for (std::size_t i = begin; i < end; ++i) {
      for (unsigned level = 0; level < graph.levels_of(items[i]); ++level) {
        list.clear();
        for (const Slot target : graph.links(level, items[i])) list.push_back(slot_of[target]);
        std::sort(list.begin(), list.end());
        renumbered.set_links(level, static_cast<Slot>(i), list);
      }
    }
  });
  std::vector<Slot> entries;
  for (const Slot entry : graph.entry_points()) entries.push_back(slot_of[entry]);
  renumbered.set_entry_points(std::move(entries));
  return renumbered;
}

}  // namespace skerry::graph
