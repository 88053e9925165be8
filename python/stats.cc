#include "python/stats.h"

#include <pybind11/stl.h>

#include <string>

#include "graph/layout.h"

namespace skerry::python {

namespace py = pybind11;

namespace {

/// By the part of the table's name that follows the index's.
py::dict tables_of(kv::Store& store, const std::string& index) {
  py::dict tables;
  const std::string prefix = graph::table_name(index, "");
  for (const std::string& name : store.tables()) {
    const std::string part = name.substr(std::min(prefix.size(), name.size()));
    if (name != prefix + part || part.find('.') != std::string::npos) continue;
    const kv::TableStats stats = store.table_stats(store.table(name));
    py::dict table;
    table["entries"] = stats.entries;
    table["key_bytes"] = stats.key_bytes;
    table["value_bytes"] = stats.value_bytes;
    table["disk_bytes"] = stats.disk_bytes;
    table["estimated"] = stats.estimated;
    tables[py::str(part)] = table;
  }
  return tables;
}

}  // namespace

py::dict stats_of(SearchState& state) {
  const graph::StoredIndex& index = state.reader().index();
  const graph::Meta& meta = index.meta();
  const graph::Reader::Resident bytes = state.reader().resident();
  py::dict resident;
  resident["links"] = bytes.links;
  resident["vectors"] = bytes.vectors;
  resident["codes"] = bytes.codes;
  resident["tables"] = bytes.tables;
  py::list entry_points;
  for (const Slot slot : meta.entry_points) entry_points.append(index.ids().id_of(slot));
  py::dict stats;
  stats["store"] = state.store().traits().name;
  stats["view"] = state.view();
  stats["items"] = meta.items;
  stats["slots"] = meta.slots;
  stats["tombstones"] = meta.tombstones;
  stats["gone"] = meta.gone;
  stats["free"] = meta.free;
  stats["staged"] = meta.staged;
  stats["top_level"] = meta.top_level;
  stats["items_per_level"] = meta.items_per_level;
  stats["entry_points"] = entry_points;
  stats["links"] = meta.links;
  stats["graph_digest"] = meta.digest;
  stats["resident"] = resident;
  stats["tables"] = tables_of(state.store(), index.name());
  stats["disk_bytes"] = state.store().size_on_disk();
  return stats;
}

}  // namespace skerry::python
