#include "experiments/cmd_inspect.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.h"
#include "experiments/command_line.h"
#include "experiments/table.h"
#include "graph/digest.h"
#include "graph/inspect.h"
#include "graph/link_sizes.h"
#include "graph/stored_index.h"
#include "kv/open_store.h"
#include "kv/prefix_store.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr std::array<Option, 5> options = {{
    {.name = "index", .value = "NAME", .default_value = "main", .description = "which index"},
    {.name = "ef", .value = "N", .default_value = "64", .description = "beam of the self-recall"},
    {.name = "sample",
     .value = "N",
     .default_value = "0",
     .description = "items searched for the self-recall; 0: all"},
    {.name = "threads", .value = "N", .default_value = "1", .description = "for the self-recall"},
    {.name = "json", .description = "a JSON object instead of text"},
}};

constexpr Command command = {
    .usage = "skerry inspect DIR [--index NAME] [--ef N] [--sample N] [--threads N] [--json]",
    .summary =
        "Looks at an index in a store: what it is, degrees and reachability of each level, how "
        "many items\na search for their own vector finds, and what each link codec makes of "
        "its links.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
};

ordered_json meta_json(std::string_view store, const graph::Meta& meta, const std::string& digest) {
  return {{"store", store},
          {"metric", meta.metric},
          {"dimension", meta.dimension},
          {"encoding", meta.encoding},
          {"codec", meta.codec},
          {"layout", meta.layout.spec()},
          {"order", meta.order},
          {"M", meta.bounds.M},
          {"M0", meta.bounds.M0},
          {"seed", meta.seed},
          {"items", meta.items},
          {"links", meta.links},
          {"top_level", meta.top_level},
          {"entry_points", meta.entry_points},
          {"digest", meta.digest},
          {"digest_agrees", meta.digest == digest}};
}

ordered_json level_json(std::size_t level, const graph::LevelDegrees& degrees) {
  return {{"level", level},
          {"items", degrees.items},
          {"links", degrees.links},
          {"out_min", degrees.out_min},
          {"out_p50", degrees.out_p50},
          {"out_p99", degrees.out_p99},
          {"out_max", degrees.out_max},
          {"in_min", degrees.in_min},
          {"in_p50", degrees.in_p50},
          {"in_p99", degrees.in_p99},
          {"in_max", degrees.in_max},
          {"in_degree_zero", degrees.in_degree_zero},
          {"mutual", degrees.mutual}};
}

ordered_json codec_json(const graph::Graph& graph, const graph::LinkCodec& codec) {
  const std::uint64_t bytes = graph::encoded_bytes(graph, codec);
  const auto edges = static_cast<double>(graph::link_counts(graph).edges);
  return {{"codec", codec.name()},
          {"value_bytes", bytes},
          {"value_bits_per_edge", edges > 0 ? 8.0 * static_cast<double>(bytes) / edges : 0.0}};
}

std::string cell(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.2f}", value.get<double>());
  if (value.is_number()) return grouped(value.get<std::uint64_t>());
  return value.dump();
}

/// A list of objects with the same keys as a table with a heading.
std::string rows_text(const ordered_json& rows) {
  if (rows.empty()) return "";
  Table table(std::vector<Align>(rows.front().size(), Align::right));
  std::vector<std::string> heading;
  for (const auto& [key, value] : rows.front().items()) heading.push_back(key);
  table.add(std::move(heading));
  for (const ordered_json& row : rows) {
    std::vector<std::string> cells;
    for (const auto& [key, value] : row.items()) cells.push_back(cell(value));
    table.add(std::move(cells));
  }
  return table.text();
}

std::string fields_text(const ordered_json& object) {
  Table table({Align::left, Align::left});
  for (const auto& [key, value] : object.items()) {
    if (!value.is_structured() || key == "entry_points") table.add({key, cell(value)});
  }
  return table.text();
}

}  // namespace

int inspect_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const std::uint64_t ef = whole_number("ef", parsed.value("ef"), 1, 1'000'000);
  const std::uint64_t sample = whole_number("sample", parsed.value("sample"), 0, max_slots);
  const auto threads =
      static_cast<unsigned>(whole_number("threads", parsed.value("threads"), 1, 1024));
  const std::filesystem::path path = parsed.positional.front();
  const std::string_view kind = kv::detect_store(path);
  const std::unique_ptr<kv::Store> store =
      kv::open_namespaced(kind, {.path = path, .read_only = true});
  const graph::StoredIndex index(*store, parsed.value("index"));
  const graph::Graph graph = index.load_graph();
  const graph::Rows rows = index.load_rows();
  const graph::GraphReport report = graph::inspect_graph(graph, index.meta().root);

  ordered_json object =
      meta_json(kind, index.meta(), graph::graph_digest(graph, index.ids().load()));
  object["unreachable_base"] = report.unreachable_base;
  object["unreachable"] = report.unreachable;
  object["self_links"] = report.self_links;
  object["duplicate_links"] = report.duplicate_links;
  object["self_recall"] =
      graph::self_recall(graph, rows, ef, sample, index.meta().seed, threads, index.meta().root);
  object["self_recall_ef"] = ef;
  object["levels"] = ordered_json::array();
  for (std::size_t level = 0; level < report.levels.size(); ++level) {
    object["levels"].push_back(level_json(level, report.levels[level]));
  }
  const graph::LinkBounds bounds = graph::link_bounds(graph);
  object["list_bound_bytes"] = bounds.list_bytes;
  object["graph_bound_bytes"] = bounds.graph_bytes;
  object["codecs"] = ordered_json::array();
  for (const graph::LinkCodec* codec : graph::link_codecs()) {
    object["codecs"].push_back(codec_json(graph, *codec));
  }
  if (parsed.has("json")) {
    fmt::print("{}\n", object.dump(2));
  } else {
    fmt::print("{}\n{}\n{}", fields_text(object), rows_text(object["levels"]),
               rows_text(object["codecs"]));
  }
  return 0;
}

}  // namespace skerry::experiments
