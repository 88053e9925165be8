#include "graph/order/walks.h"

#include <algorithm>
#include <numeric>

namespace skerry::graph {

namespace {

/// Level 0 with every link in both directions, each list ascending and without repeats.
class Undirected {
 public:
  explicit Undirected(const Graph& graph) : start_(graph.size() + 1, 0) {
    const std::size_t items = graph.size();
    for (std::size_t i = 0; i < items; ++i) {
      const auto slot = static_cast<Slot>(i);
      for (const Slot target : graph.links(0, slot)) {
        ++start_[slot + 1];
        ++start_[target + 1];
      }
    }
    std::partial_sum(start_.begin(), start_.end(), start_.begin());
    targets_.resize(start_.back());
    std::vector<std::uint64_t> next(start_.begin(), start_.end() - 1);
    for (std::size_t i = 0; i < items; ++i) {
      const auto slot = static_cast<Slot>(i);
      for (const Slot target : graph.links(0, slot)) {
        targets_[next[slot]++] = target;
        targets_[next[target]++] = slot;
      }
    }
    degree_.resize(items);
    for (std::size_t i = 0; i < items; ++i) {
      const auto begin = targets_.begin() + static_cast<std::ptrdiff_t>(start_[i]);
      const auto end = targets_.begin() + static_cast<std::ptrdiff_t>(start_[i + 1]);
      std::sort(begin, end);
      degree_[i] = static_cast<std::uint32_t>(std::unique(begin, end) - begin);
    }
  }

  std::span<const Slot> of(Slot slot) const { return {&targets_[start_[slot]], degree_[slot]}; }

  std::uint32_t degree(Slot slot) const { return degree_[slot]; }

 private:
  std::vector<std::uint64_t> start_;
  std::vector<Slot> targets_;
  std::vector<std::uint32_t> degree_;
};

/// A walk from `from` over what is not `taken` yet; leaves the last of the farthest items that has
/// the smallest degree in front. `marks` holds the number of the walk that met an item last.
struct Farthest {
  Slot item;
  std::uint32_t depth;
};

Farthest farthest(const Undirected& graph, Slot from, std::vector<std::uint32_t>& marks,
                  std::uint32_t mark, std::vector<Slot>& queue) {
  queue.assign(1, from);
  marks[from] = mark;
  std::uint32_t depth = 0;
  std::size_t level_begin = 0;
  while (true) {
    const std::size_t level_end = queue.size();
    for (std::size_t at = level_begin; at < level_end; ++at) {
      for (const Slot target : graph.of(queue[at])) {
        if (marks[target] == mark) continue;
        marks[target] = mark;
        queue.push_back(target);
      }
    }
    if (queue.size() == level_end) break;
    level_begin = level_end;
    ++depth;
  }
  const auto smallest = std::min_element(
      queue.begin() + static_cast<std::ptrdiff_t>(level_begin), queue.end(), [&](Slot a, Slot b) {
        return graph.degree(a) != graph.degree(b) ? graph.degree(a) < graph.degree(b) : a < b;
      });
  return {*smallest, depth};
}

/// An end of a long shortest path through the component of `from`.
Slot peripheral(const Undirected& graph, Slot from, std::vector<std::uint32_t>& marks,
                std::uint32_t& mark, std::vector<Slot>& queue) {
  Farthest best = farthest(graph, from, marks, ++mark, queue);
  while (true) {
    const Farthest next = farthest(graph, best.item, marks, ++mark, queue);
    if (next.depth <= best.depth) return best.item;
    best = next;
  }
}

}  // namespace

std::vector<Slot> BreadthFirst::items(const Graph& graph, const Rows&, unsigned) const {
  std::vector<Slot> items;
  items.reserve(graph.size());
  std::vector<bool> met(graph.size(), false);
  const auto meet = [&](Slot slot) {
    if (met[slot]) return;
    met[slot] = true;
    items.push_back(slot);
  };
  std::vector<Slot> sorted;
  std::size_t at = 0;
  const auto walk = [&] {
    for (; at < items.size(); ++at) {
      const std::span<const Slot> links = graph.links(0, items[at]);
      sorted.assign(links.begin(), links.end());
      std::sort(sorted.begin(), sorted.end());
      for (const Slot target : sorted) meet(target);
    }
  };
  for (const Slot entry : graph.entry_points()) meet(entry);
  walk();
  for (std::size_t i = 0; i < graph.size(); ++i) {
    meet(static_cast<Slot>(i));
    walk();
  }
  return items;
}

std::vector<Slot> ReverseCuthillMcKee::items(const Graph& graph, const Rows&, unsigned) const {
  const Undirected undirected(graph);
  std::vector<Slot> by_degree(graph.size());
  std::iota(by_degree.begin(), by_degree.end(), Slot{0});
  const auto smaller = [&](Slot a, Slot b) {
    return undirected.degree(a) != undirected.degree(b)
               ? undirected.degree(a) < undirected.degree(b)
               : a < b;
  };
  std::sort(by_degree.begin(), by_degree.end(), smaller);
  std::vector<std::uint32_t> marks(graph.size(), 0);
  std::uint32_t mark = 0;
  std::vector<Slot> queue;
  std::vector<bool> met(graph.size(), false);
  std::vector<Slot> items;
  items.reserve(graph.size());
  std::vector<Slot> sorted;
  for (const Slot first : by_degree) {
    if (met[first]) continue;
    std::size_t at = items.size();
    const Slot start = peripheral(undirected, first, marks, mark, queue);
    met[start] = true;
    items.push_back(start);
    for (; at < items.size(); ++at) {
      const std::span<const Slot> links = undirected.of(items[at]);
      sorted.assign(links.begin(), links.end());
      std::sort(sorted.begin(), sorted.end(), smaller);
      for (const Slot target : sorted) {
        if (met[target]) continue;
        met[target] = true;
        items.push_back(target);
      }
    }
  }
  std::reverse(items.begin(), items.end());
  return items;
}

}  // namespace skerry::graph
