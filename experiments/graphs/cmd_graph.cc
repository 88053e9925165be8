#include "experiments/graphs/cmd_graph.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/command_line.h"
#include "experiments/graphs/csr.h"
#include "experiments/graphs/import.h"
#include "experiments/graphs/stored_graph.h"
#include "experiments/table.h"
#include "graph/digest.h"
#include "graph/inspect.h"
#include "kv/open_store.h"
#include "kv/prefix_store.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr std::array<Option, 6> options = {{
    {.name = "index", .value = "NAME", .default_value = "main", .description = "export: which"},
    {.name = "output", .letter = "o", .value = "FILE", .description = "export: the .npz to write"},
    {.name = "dataset", .value = "FILE", .description = "check: the data set"},
    {.name = "queries",
     .value = "FILE",
     .description = "check: its queries, for formats with one matrix to a file"},
    {.name = "metric", .value = "NAME", .description = "check: how vectors are compared"},
    {.name = "json", .description = "info, check: a JSON object instead of text"},
}};

constexpr Command command = {
    .usage = "skerry graph info|check|export FILE|DIR [options]",
    .summary =
        "info FILE says what a graph file holds: CSR in .npz, an index of hnswlib, faiss or "
        "hannoy, or a\ngraph of skerry. check FILE --dataset FILE --metric NAME says whether it "
        "can be searched with\nthat data set. export DIR -o FILE writes the graph of an index in a "
        "store as CSR.",
    .options = options,
    .min_positional = 2,
    .max_positional = 2,
};

std::string needed(const Parsed& parsed, std::string_view option) {
  if (!parsed.has(option)) {
    throw Error(Code::invalid_argument, fmt::format("--{} is missing", option));
  }
  return parsed.value(option);
}

void describe(const Parsed& parsed, const graph::Graph& graph, const std::string& format,
              std::size_t dimension, const std::vector<std::string>& notes) {
  const graph::GraphReport report = graph::inspect_graph(graph);
  std::uint64_t links = 0;
  for (const graph::LevelDegrees& level : report.levels) links += level.links;
  ordered_json object = {{"format", format},
                         {"items", graph.size()},
                         {"links", links},
                         {"M", graph.bounds().M},
                         {"M0", graph.bounds().M0},
                         {"top_level", graph.top_level()},
                         {"entry_points", graph.entry_points()},
                         {"dimension", dimension},
                         {"unreachable", report.unreachable},
                         {"unreachable_base", report.unreachable_base},
                         {"graph_digest", graph::graph_digest(graph)},
                         {"notes", notes}};
  if (parsed.has("json")) {
    fmt::print("{}\n", object.dump(2));
    return;
  }
  Table table({Align::left, Align::left});
  for (const auto& [key, value] : object.items()) {
    if (key != "notes") table.add({key, value.is_string() ? std::string(value) : value.dump()});
  }
  fmt::print("{}", table.text());
  for (const std::string& note : notes) fmt::print("note: {}\n", note);
}

int info(const Parsed& parsed) {
  const ForeignGraph found = read_foreign_graph(parsed.positional[1]);
  describe(parsed, found.graph, found.format, found.dimension, found.notes);
  return 0;
}

int check(const Parsed& parsed) {
  const distance::Metric& metric = distance::metric(needed(parsed, "metric"));
  const Dataset dataset =
      load_vectors({.path = needed(parsed, "dataset"), .queries = parsed.value("queries")}, metric);
  const ImportedGraph found = import_graph(parsed.positional[1], dataset.train, metric);
  describe(parsed, found.graph, found.format, dataset.train.dimension, found.notes);
  return 0;
}

int export_graph(const Parsed& parsed) {
  const std::filesystem::path output = needed(parsed, "output");
  const std::filesystem::path path = parsed.positional[1];
  const std::unique_ptr<kv::Store> store =
      kv::open_namespaced(kv::detect_store(path), {.path = path, .read_only = true});
  const graph::Graph graph = graph_by_id(graph::StoredIndex(*store, parsed.value("index")));
  write_csr(output, graph);
  fmt::print("{}: {} items, digest {}\n", output.string(), graph.size(),
             graph::graph_digest(graph));
  return 0;
}

}  // namespace

int graph_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const std::string& action = parsed.positional.front();
  if (action == "info") return info(parsed);
  if (action == "check") return check(parsed);
  if (action == "export") return export_graph(parsed);
  constexpr std::array<std::string_view, 3> actions = {"info", "check", "export"};
  throw Error(Code::invalid_argument, unknown_name("graph command", action, actions));
}

}  // namespace skerry::experiments
