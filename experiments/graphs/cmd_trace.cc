#include "experiments/graphs/cmd_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/parallel.h"
#include "experiments/command_line.h"
#include "experiments/graphs/import.h"
#include "experiments/graphs/stored_graph.h"
#include "experiments/graphs/trace.h"
#include "experiments/ground_truth.h"
#include "graph/rows.h"
#include "graph/views.h"
#include "kv/open_store.h"
#include "kv/prefix_store.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 9> options = {{
    {.name = "dataset", .value = "FILE", .description = "vectors and queries"},
    {.name = "queries",
     .value = "FILE",
     .description = "the queries, for formats with one matrix to a file"},
    {.name = "metric", .value = "NAME", .description = "for graph files; a store knows its own"},
    {.name = "index", .value = "NAME", .default_value = "main", .description = "of the store"},
    {.name = "ef", .value = "N", .default_value = "640", .description = "the widest beam"},
    {.name = "k", .letter = "k", .value = "N", .default_value = "10", .description = "for recall"},
    {.name = "limit",
     .value = "N",
     .default_value = "0",
     .description = "record the first N queries; 0: all"},
    {.name = "threads", .value = "N", .default_value = "1", .description = "searching at once"},
    {.name = "output", .letter = "o", .value = "FILE", .description = "the trace to write"},
}};

constexpr Command command = {
    .usage = "skerry trace DIR|FILE --dataset FILE -o FILE [options]",
    .summary =
        "Records what searches look at, from the graph of a store or of a graph file (see `skerry "
        "graph`),\nso that `skerry replay` can try narrower beams and stopping rules without "
        "searching again.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
};

std::string needed(const Parsed& parsed, std::string_view option) {
  if (!parsed.has(option)) {
    throw Error(Code::invalid_argument, fmt::format("--{} is missing", option));
  }
  return parsed.value(option);
}

struct Source {
  const distance::Metric* metric = nullptr;
  Dataset dataset;
  graph::Graph graph;
};

/// A trace that cannot be written should cost no search.
void check_output(const std::filesystem::path& output) {
  std::error_code ignored;
  const std::filesystem::path folder =
      output.has_parent_path() ? output.parent_path() : std::filesystem::path(".");
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw Error(Code::not_found, "there is no folder to write the trace to",
                {.path = output.string()});
  }
  if (std::filesystem::is_directory(output, ignored)) {
    throw Error(Code::invalid_argument, "--output names a file; it is a directory",
                {.path = output.string()});
  }
}

void check_shape(const graph::StoredIndex& index, const Matrix& vectors, const std::string& path) {
  if (index.meta().items == vectors.rows && index.meta().dimension == vectors.dimension) return;
  throw Error(
      Code::mismatch, "the index was not built over this data set",
      {.path = path,
       .expected =
           fmt::format("{} vectors of dimension {}", index.meta().items, index.meta().dimension),
       .found = fmt::format("{} vectors of dimension {}", vectors.rows, vectors.dimension)});
}

/// What costs little is checked before what costs much: the place of the graph, its metric, the
/// data set, and only then the graph itself.
Source open_source(const Parsed& parsed, const DatasetRequest& request) {
  const std::filesystem::path path = parsed.positional.front();
  Source source;
  if (std::filesystem::is_directory(path)) {
    const std::unique_ptr<kv::Store> store =
        kv::open_namespaced(kv::detect_store(path), {.path = path, .read_only = true});
    const graph::StoredIndex index(*store, parsed.value("index"));
    source.metric = &index.metric();
    source.dataset = load_dataset(request, *source.metric);
    check_shape(index, source.dataset.train, path.string());
    source.graph = graph_by_id(index);
    return source;
  }
  const std::filesystem::path data = graph_data_file(path);
  if (!std::filesystem::exists(data)) {
    throw Error(Code::not_found, "there is neither a store nor a graph file here",
                {.path = data.string()});
  }
  source.metric = &distance::metric(needed(parsed, "metric"));
  source.dataset = load_dataset(request, *source.metric);
  source.graph = import_graph(path, source.dataset.train, *source.metric).graph;
  return source;
}

Trace record(graph::FrozenView& view, const Source& source, const graph::Rows& rows,
             std::size_t query, std::size_t ef, graph::SearchScratch& scratch) {
  std::vector<std::byte> row(rows.row_bytes());
  source.metric->encode(source.dataset.test.row(query), rows.dimension(), row.data());
  const graph::Target target{row.data(), source.metric->kernels().batch, rows.dimension()};
  Trace trace;
  TracingView tracing(view, target, trace);
  graph::SearchWork work;
  const Code code = graph::search_graph(tracing, target, source.graph.entry_points(),
                                        source.graph.top_level(), 0, ef, scratch, work);
  if (code != Code::ok) throw Error(code, fmt::format("query {} cannot be searched", query));
  return trace;
}

}  // namespace

int trace_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const std::uint64_t ef = whole_number("ef", parsed.value("ef"), 1, 1'000'000);
  const std::uint64_t k = whole_number("k", parsed.value("k"), 1, ef);
  const std::uint64_t limit = whole_number("limit", parsed.value("limit"), 0, max_slots);
  const auto threads =
      static_cast<unsigned>(whole_number("threads", parsed.value("threads"), 1, 1024));
  const DatasetRequest request = {.path = needed(parsed, "dataset"),
                                  .queries = parsed.value("queries")};
  const std::filesystem::path output = needed(parsed, "output");
  check_output(output);
  Source source = open_source(parsed, request);
  Dataset& dataset = source.dataset;
  const std::size_t depth = std::min<std::size_t>(k, dataset.train.rows);
  ensure_truth(dataset, *source.metric, depth, threads);
  const graph::Rows rows = graph::encode_rows(*source.metric, dataset.train.dimension,
                                              dataset.train.data, dataset.train.rows, threads);
  TraceFile file;
  file.metric = source.metric->name;
  file.ef = static_cast<std::uint32_t>(ef);
  file.truth_depth = static_cast<std::uint32_t>(depth);
  file.items = rows.size();
  const std::size_t queries = dataset.test.rows;
  file.traces.resize(limit == 0 ? queries : std::min<std::size_t>(limit, queries));
  parallel_for(file.traces.size(), threads, 8, [&](std::size_t begin, std::size_t end, unsigned) {
    graph::FrozenView view(source.graph, rows);
    graph::SearchScratch scratch;
    for (std::size_t i = begin; i < end; ++i) {
      file.traces[i] = record(view, source, rows, i, ef, scratch);
      const auto truth = dataset.truth->of(i).first(depth);
      file.traces[i].truth.assign(truth.begin(), truth.end());
    }
  });
  write_trace(output, file);
  fmt::print("{}: {} queries at ef {}, {} bytes\n", output.string(), file.traces.size(), ef,
             std::filesystem::file_size(output));
  return 0;
}

}  // namespace skerry::experiments
