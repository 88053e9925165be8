// `skerry index stats`

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "experiments/index/commands.h"
#include "experiments/index/index_store.h"
#include "experiments/table.h"
#include "graph/inspect.h"
#include "graph/link_sizes.h"
#include "graph/stored_index.h"
#include "kv/open_store.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr std::array<Option, 2> options = {{name_option, json_option}};

constexpr Command command = {
    .usage = "skerry index stats DIR [--name INDEX] [--json]",
    .summary =
        "Says what an index holds: items, slots of deleted ones, levels with their links, and the\n"
        "bytes of links, vectors and ids as they are stored. Sizes are in bytes. `skerry inspect`\n"
        "looks closer at the graph.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
    .epilogue = "disk_bytes is that of the whole store, with all its indexes.\n",
};

ordered_json levels_json(const graph::GraphReport& report) {
  ordered_json levels = ordered_json::array();
  for (std::size_t level = 0; level < report.levels.size(); ++level) {
    const graph::LevelDegrees& degrees = report.levels[level];
    levels.push_back({{"level", level},
                      {"items", degrees.items},
                      {"links", degrees.links},
                      {"out_min", degrees.out_min},
                      {"out_p50", degrees.out_p50},
                      {"out_max", degrees.out_max},
                      {"in_min", degrees.in_min},
                      {"in_p50", degrees.in_p50},
                      {"in_max", degrees.in_max}});
  }
  return levels;
}

ordered_json links_json(const graph::Meta& meta, const graph::StoredSizes& sizes) {
  const std::uint64_t bytes = sizes.links.value_bytes + sizes.links.key_bytes;
  const auto edges = static_cast<double>(meta.links);
  return {{"edges", meta.links},
          {"edges_per_vector", meta.items > 0 ? edges / static_cast<double>(meta.items) : 0.0},
          {"value_bytes", sizes.links.value_bytes},
          {"key_bytes", sizes.links.key_bytes},
          {"inline_code_bytes", sizes.inline_code_bytes},
          {"bits_per_edge", edges > 0 ? 8.0 * static_cast<double>(bytes) / edges : 0.0}};
}

ordered_json records_json(const graph::RecordSizes& sizes) {
  return {{"records", sizes.records},
          {"value_bytes", sizes.value_bytes},
          {"key_bytes", sizes.key_bytes}};
}

std::string cell(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.2f}", value.get<double>());
  return grouped(value.get<std::uint64_t>());
}

std::string text_of(const ordered_json& object) {
  Table fields({Align::left, Align::right});
  for (const auto& [key, value] : object.items()) {
    if (value.is_array()) continue;
    if (!value.is_object()) {
      fields.add({key, cell(value)});
      continue;
    }
    for (const auto& [part, inner] : value.items()) fields.add({key + "." + part, cell(inner)});
  }
  const ordered_json& levels = object["levels"];
  if (levels.empty()) return fields.text();
  Table table(std::vector<Align>(levels.front().size(), Align::right));
  std::vector<std::string> heading;
  for (const auto& [key, value] : levels.front().items()) heading.push_back(key);
  table.add(std::move(heading));
  for (const ordered_json& level : levels) {
    std::vector<std::string> cells;
    for (const auto& [key, value] : level.items()) cells.push_back(cell(value));
    table.add(std::move(cells));
  }
  return fields.text() + "\n" + table.text();
}

}  // namespace

int index_stats(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const std::filesystem::path path = parsed.positional.front();
  const std::unique_ptr<kv::Store> store = open_to_read(path);
  const graph::StoredIndex index(*store, parsed.value("name"));
  const graph::Meta& meta = index.meta();
  const graph::GraphReport report = graph::inspect_graph(index.load_graph(), meta.root);
  const graph::StoredSizes sizes = graph::stored_sizes(index);
  const ordered_json object = {
      {"store", kv::detect_store(path)},
      {"name", index.name()},
      {"items", meta.items},
      {"graph_digest", meta.digest},
      {"metric", meta.metric},
      {"dimension", meta.dimension},
      {"encoding", meta.encoding},
      {"M", meta.bounds.M},
      {"M0", meta.bounds.M0},
      {"ef_construction", meta.build.ef_construction},
      {"selection", meta.build.selection},
      {"overflow", meta.build.overflow},
      {"level_law", meta.build.levels},
      {"schedule", meta.build.schedule},
      {"repair", meta.build.repair},
      {"in_links", meta.build.in_links},
      {"connectivity", meta.build.connectivity},
      {"construction", meta.build.construction},
      {"codec", meta.codec},
      {"layout", meta.layout.spec()},
      {"order", meta.order},
      {"seed", meta.seed},
      {"slots", meta.slots},
      {"tombstones", meta.tombstones},
      {"gone", meta.gone},
      {"free", meta.free},
      {"staged", meta.staged},
      {"unreachable", report.unreachable},
      {"levels", levels_json(report)},
      {"links", links_json(meta, sizes)},
      {"vectors", records_json(sizes.vectors)},
      {"codes", records_json(sizes.codes)},
      {"ids", records_json(sizes.ids)},
      {"disk_bytes", store->size_on_disk()},
  };
  fmt::print("{}", parsed.has("json") ? object.dump(2) + "\n" : text_of(object));
  return 0;
}

}  // namespace skerry::experiments
