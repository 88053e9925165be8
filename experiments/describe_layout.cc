#include "experiments/describe_layout.h"

#include <nlohmann/json.hpp>

#include "graph/inspect.h"
#include "graph/link_sizes.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

double ratio(double numerator, double denominator) {
  return denominator > 0 ? numerator / denominator : 0;
}

/// Links that share values with rows or codes have no bytes on disk of their own: theirs are the
/// table's in proportion.
double disk_bytes_of_links(kv::Store& store, const graph::StoredIndex& index,
                           const graph::StoredSizes& sizes) {
  const auto apart = static_cast<double>(store.table_stats(index.links()).disk_bytes);
  if (index.packing().codes_inline()) {
    const auto links = static_cast<double>(sizes.links.key_bytes + sizes.links.value_bytes);
    return apart * ratio(links, links + static_cast<double>(sizes.inline_code_bytes));
  }
  if (!index.packing().together()) return apart;
  const graph::RecordSizes& rows = sizes.vectors;
  const kv::TableStats shared = store.table_stats(index.vectors());
  const auto all = static_cast<double>(shared.key_bytes + shared.value_bytes);
  const double rows_share = ratio(static_cast<double>(rows.key_bytes + rows.value_bytes), all);
  return apart + static_cast<double>(shared.disk_bytes) * (1 - rows_share);
}

ordered_json links_json(kv::Store& store, const graph::StoredIndex& index,
                        const graph::Graph& graph, const graph::StoredSizes& sizes) {
  const graph::LinkCounts counts = graph::link_counts(graph);
  const graph::LinkBounds bounds = graph::link_bounds(graph);
  const auto edges = static_cast<double>(counts.edges);
  const auto items = static_cast<double>(graph.items());
  const auto value_bits = 8.0 * static_cast<double>(sizes.links.value_bytes);
  const auto logical = static_cast<double>(sizes.links.value_bytes + sizes.links.key_bytes);
  const double disk = disk_bytes_of_links(store, index, sizes);
  return {{"edges", counts.edges},
          {"edges_per_vector", ratio(edges, items)},
          {"slots", counts.slots},
          {"fill", ratio(edges, static_cast<double>(counts.slots))},
          {"lists", counts.lists},
          {"records", sizes.links.records},
          {"raw_bytes", sizeof(Slot) * counts.edges},
          {"value_bytes", sizes.links.value_bytes},
          {"key_bytes", sizes.links.key_bytes},
          {"logical_bytes", sizes.links.value_bytes + sizes.links.key_bytes},
          {"checksum_bytes", store.table_stats(index.links()).checksum_bytes},
          {"list_bound_bytes", bounds.list_bytes},
          {"graph_bound_bytes", bounds.graph_bytes},
          {"disk_bytes", static_cast<std::uint64_t>(disk)},
          {"disk_estimated", index.packing().together() || index.packing().codes_inline()},
          {"inline_code_bytes", sizes.inline_code_bytes},
          {"space_amplification", ratio(disk, logical)},
          {"bits_per_edge", ratio(8 * logical, edges)},
          {"value_bits_per_edge", ratio(value_bits, edges)},
          {"bits_per_vector", ratio(8 * logical, items)}};
}

ordered_json tables_json(kv::Store& store) {
  ordered_json tables = ordered_json::array();
  for (const std::string& name : store.tables()) {
    const kv::TableStats stats = store.table_stats(store.table(name));
    tables.push_back({{"name", name},
                      {"entries", stats.entries},
                      {"key_bytes", stats.key_bytes},
                      {"value_bytes", stats.value_bytes},
                      {"disk_bytes", stats.disk_bytes},
                      {"depth", stats.depth},
                      {"branch_pages", stats.branch_pages},
                      {"leaf_pages", stats.leaf_pages},
                      {"overflow_pages", stats.overflow_pages},
                      {"estimated", stats.estimated}});
  }
  return tables;
}

ordered_json graph_json(const graph::Graph& graph, Slot root) {
  const graph::GraphReport report = graph::inspect_graph(graph, root);
  ordered_json degrees = ordered_json::array();
  for (std::size_t level = 0; level < report.levels.size(); ++level) {
    const graph::LevelDegrees& at = report.levels[level];
    degrees.push_back({{"level", level},
                       {"items", at.items},
                       {"links", at.links},
                       {"mutual", at.mutual},
                       {"in_degree_zero", at.in_degree_zero},
                       {"out_histogram", at.out_histogram},
                       {"in_histogram", at.in_histogram}});
  }
  return {{"unreachable", report.unreachable},
          {"unreachable_base", report.unreachable_base},
          {"self_links", report.self_links},
          {"duplicate_links", report.duplicate_links},
          {"degrees", degrees}};
}

}  // namespace

ordered_json describe_layout(kv::Store& store, const graph::StoredIndex& index,
                             const graph::Graph& graph) {
  const graph::StoredSizes sizes = graph::stored_sizes(index);
  return {{"links", links_json(store, index, graph, sizes)},
          {"tables", tables_json(store)},
          {"graph", graph_json(graph, index.meta().root)},
          {"layout", index.meta().layout.spec()}};
}

ordered_json describe_compacted(kv::Store& copy, const graph::StoredIndex& index) {
  const double links = disk_bytes_of_links(copy, index, graph::stored_sizes(index));
  return {{"disk_bytes", copy.size_on_disk()},
          {"links_disk_bytes", static_cast<std::uint64_t>(links)},
          {"tables", tables_json(copy)}};
}

void add_compacted(ordered_json& described, const ordered_json& compacted) {
  double logical = 0;
  for (const ordered_json& table : described.at("tables")) {
    logical += table.at("key_bytes").get<double>() + table.at("value_bytes").get<double>();
  }
  described["space_amplification"]["built"] = ratio(described.at("disk_bytes"), logical);
  described["compacted"] = compacted;
  if (compacted.contains("skipped")) return;
  described["disk_bytes_compacted"] = compacted.at("disk_bytes");
  described["space_amplification"]["compacted"] = ratio(compacted.at("disk_bytes"), logical);
  ordered_json& links = described.at("links");
  links["disk_bytes_compacted"] = compacted.at("links_disk_bytes");
  links["space_amplification_compacted"] =
      ratio(compacted.at("links_disk_bytes"), links.at("logical_bytes"));
}

}  // namespace skerry::experiments
