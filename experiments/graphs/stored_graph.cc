#include "experiments/graphs/stored_graph.h"

#include <fmt/format.h>

#include <vector>

#include "base/error.h"

namespace skerry::experiments {

graph::Graph graph_by_id(const graph::StoredIndex& index) {
  graph::Graph stored = index.load_graph();
  const std::vector<ItemId> ids = index.ids().load();
  if (!index.dead().none()) {
    throw Error(Code::unsupported,
                fmt::format("index `{}` has deleted slots; rebuild it before its graph is taken out",
                            index.name()));
  }
  if (ids.empty()) return stored;
  std::vector<Slot> slot_of(stored.size(), max_slots);
  for (std::size_t slot = 0; slot < ids.size(); ++slot) {
    if (ids[slot] >= slot_of.size() || slot_of[ids[slot]] != max_slots) {
      throw Error(Code::unsupported,
                  fmt::format("index `{}` holds an item with id {}; only ids 0..{}, each once, are "
                              "rows of a data set",
                              index.name(), ids[slot], slot_of.size() - 1));
    }
    slot_of[ids[slot]] = static_cast<Slot>(slot);
  }
  graph::Graph graph(stored.bounds());
  graph.reserve(stored.size());
  for (const Slot slot : slot_of) graph.add_item(stored.top_of(slot));
  const auto ids_of = [&](std::span<const Slot> slots) {
    std::vector<Slot> numbers;
    for (const Slot slot : slots) numbers.push_back(static_cast<Slot>(ids[slot]));
    return numbers;
  };
  for (std::size_t id = 0; id < slot_of.size(); ++id) {
    const Slot slot = slot_of[id];
    for (unsigned level = 0; level < stored.levels_of(slot); ++level) {
      graph.set_links(level, static_cast<Slot>(id), ids_of(stored.links(level, slot)));
    }
  }
  graph.set_entry_points(ids_of(stored.entry_points()));
  return graph;
}

}  // namespace skerry::experiments
