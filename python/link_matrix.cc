#include "python/link_matrix.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "graph/graph.h"

namespace skerry::python {

LinkMatrix link_matrix(const graph::StoredIndex& index, unsigned level) {
  if (level > index.meta().top_level) {
    throw Error(Code::invalid_argument,
                fmt::format("level is {}; the top level of index `{}` is {}", level, index.name(),
                            index.meta().top_level));
  }
  const graph::Graph graph = index.load_graph();
  const std::vector<ItemId> ids = index.ids().load();
  const auto id_of = [&](Slot slot) { return ids.empty() ? ItemId{slot} : ids[slot]; };
  std::vector<Slot> slots;
  for (Slot slot = 0; slot < graph.size(); ++slot) {
    if (graph.levels_of(slot) > 0) slots.push_back(slot);
  }
  std::sort(slots.begin(), slots.end(), [&](Slot a, Slot b) {
    const bool dead_a = index.dead().dead(a);
    const bool dead_b = index.dead().dead(b);
    return dead_a != dead_b ? dead_b : id_of(a) < id_of(b) || (id_of(a) == id_of(b) && a < b);
  });
  // A link to a slot without a row dangles: searches skip it, too.
  constexpr std::int32_t none = -1;
  std::vector<std::int32_t> row_of(graph.size(), none);
  LinkMatrix matrix;
  for (const Slot slot : slots) {
    row_of[slot] = static_cast<std::int32_t>(matrix.ids.size());
    matrix.ids.push_back(index.dead().dead(slot) ? -1 : static_cast<std::int64_t>(id_of(slot)));
  }
  matrix.starts.push_back(0);
  for (const Slot slot : slots) {
    const auto first = static_cast<std::ptrdiff_t>(matrix.targets.size());
    if (level < graph.levels_of(slot)) {
      for (const Slot target : graph.links(level, slot)) {
        if (row_of[target] != none) matrix.targets.push_back(row_of[target]);
      }
    }
    std::sort(matrix.targets.begin() + first, matrix.targets.end());
    matrix.starts.push_back(static_cast<std::int64_t>(matrix.targets.size()));
  }
  return matrix;
}

}  // namespace skerry::python
