#include "experiments/cmd_estimate.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "distance/metric.h"
#include "experiments/command_line.h"
#include "experiments/size_model.h"
#include "experiments/table.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr std::array<Option, 9> options = {{
    {.name = "M0", .value = "N", .default_value = "2*M", .description = "most links on level 0"},
    {.name = "codec", .value = "NAME", .default_value = "delta", .description = "of link lists"},
    {.name = "store",
     .value = "NAME",
     .default_value = "lmdb",
     .description = "memory, lmdb or rocksdb"},
    {.name = "metric",
     .value = "NAME",
     .default_value = "euclidean",
     .description = "decides the bytes of a vector: f32, or bits under hamming"},
    {.name = "levels", .value = "SPEC", .default_value = "hashed", .description = "law of levels"},
    {.name = "layout", .value = "SPEC", .default_value = "apart", .description = "of records"},
    {.name = "encoding",
     .value = "NAME",
     .default_value = "f32",
     .description = "of codes to keep; f32 keeps none"},
    {.name = "edges-per-vector",
     .value = "X",
     .default_value = "0.73 of full lists",
     .description = "links over all levels per vector, as results of a small build have it"},
    {.name = "json", .description = "a JSON object instead of text"},
}};

constexpr Command command = {
    .usage = "skerry estimate N D M [options]",
    .summary = "Expected sizes of an index of N vectors of D components with at most M links.",
    .options = options,
    .min_positional = 3,
    .max_positional = 3,
    .epilogue =
        "The model: level l has N exp(-l / ml) nodes; all lists are equally full; targets are "
        "drawn "
        "evenly\nfrom all slots; values are encoded by the codec itself; pages as the store lays "
        "them out.\n",
};

SizeInput read_input(const Parsed& parsed) {
  SizeInput input;
  constexpr std::uint64_t most = 0xffff'ffff;
  input.n = whole_number("N", parsed.positional[0], 1, most);
  input.dimension = whole_number("D", parsed.positional[1], 1, 1U << 24);
  input.M = static_cast<std::uint32_t>(whole_number("M", parsed.positional[2], 1, 4096));
  input.M0 = parsed.has("M0")
                 ? static_cast<std::uint32_t>(whole_number("M0", parsed.value("M0"), 1, 4096))
                 : 2 * input.M;
  input.codec = parsed.value("codec");
  input.metric = parsed.value("metric");
  input.levels = parsed.value("levels");
  input.layout = parsed.value("layout");
  input.encoding = parsed.value("encoding");
  if (parsed.has("edges-per-vector")) {
    const std::string text = parsed.value("edges-per-vector");
    double edges = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), edges);
    if (error != std::errc() || end != text.data() + text.size()) {
      throw Error(Code::invalid_argument,
                  fmt::format("--edges-per-vector is `{}`; it must be a number", text));
    }
    input.edges_per_vector = edges;
  }
  return input;
}

std::string text_of(const SizeInput& input, const SizeEstimate& size, const std::string& store) {
  const auto n = static_cast<double>(input.n);
  Table table({Align::left, Align::right, Align::right, Align::left});
  table.add({"", "bytes", "per vector", ""});
  const auto row = [&](const char* name, double bytes, std::string note) {
    table.add({name, grouped(static_cast<std::uint64_t>(bytes + 0.5)),
               fmt::format("{:.1f}", bytes / n), std::move(note)});
  };
  row("link values", size.links.values - size.inline_code_bytes,
      fmt::format("{:.2f} bits per link with its key; a lone link takes {:.1f} bytes",
                  8 * (size.links.memory - size.inline_code_bytes) / size.edges,
                  size.value_bytes_lone_link));
  row("link keys", size.links.keys, "");
  if (size.inline_code_bytes > 0) row("codes beside links", size.inline_code_bytes, "");
  row("list bound", size.list_bound_bytes, "sum of log2 C(n - 1, degree); any targets");
  const bool rough = store == "rocksdb";
  const double all = size.disk_bytes(store);
  const auto on_disk = [&](const TableSize& table) {
    return store == "memory" ? table.memory : store == "lmdb" ? table.lmdb : table.rocksdb;
  };
  const std::string note = store + (rough ? ", rough" : "");
  row("links on disk", on_disk(size.links), note);
  row("vectors on disk", on_disk(size.vectors), note);
  if (size.codes.values > 0) row("codes on disk", on_disk(size.codes), note);
  row("all on disk", all, "");
  row("view memo", size.memo_bytes, "pointers, touched pages only");
  row("view frozen", size.frozen_link_bytes + size.frozen_vector_bytes, "lists and vectors");
  return fmt::format(
      "{} x {}, M={} M0={} codec={} store={} levels={} layout={}\n{:.3f} records and {:.2f} "
      "links per vector on {} levels; {:.0f} % of full lists\n\n{}",
      input.n, input.dimension, input.M, input.M0, input.codec, store, input.levels, input.layout,
      size.records / n, size.edges / n, size.nodes_per_level.size(), 100 * size.fullness,
      table.text());
}

ordered_json table_object(const TableSize& table) {
  return {{"key_bytes", table.keys},
          {"value_bytes", table.values},
          {"memory_bytes", table.memory},
          {"lmdb_bytes", table.lmdb},
          {"rocksdb_bytes", table.rocksdb}};
}

ordered_json json_of(const SizeInput& input, const SizeEstimate& size, const std::string& store) {
  return {{"n", input.n},
          {"dimension", input.dimension},
          {"M", input.M},
          {"M0", input.M0},
          {"codec", input.codec},
          {"store", store},
          {"metric", input.metric},
          {"levels", input.levels},
          {"layout", input.layout},
          {"encoding", input.encoding},
          {"nodes_per_level", size.nodes_per_level},
          {"records_per_vector", size.records / static_cast<double>(input.n)},
          {"edges", size.edges},
          {"edges_per_vector", size.edges / static_cast<double>(input.n)},
          {"fullness", size.fullness},
          {"lone_link_value_bytes", size.value_bytes_lone_link},
          {"list_bound_bytes", size.list_bound_bytes},
          {"links", table_object(size.links)},
          {"vectors", table_object(size.vectors)},
          {"codes", table_object(size.codes)},
          {"inline_code_bytes", size.inline_code_bytes},
          {"disk_bytes", size.disk_bytes(store)},
          {"resident",
           {{"direct", 0},
            {"memo", size.memo_bytes},
            {"frozen_links", size.frozen_link_bytes},
            {"frozen_vectors", size.frozen_vector_bytes}}}};
}

}  // namespace

int estimate_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const SizeInput input = read_input(parsed);
  const std::string store = parsed.value("store");
  const SizeEstimate size = estimate_sizes(input);
  if (parsed.has("json")) {
    fmt::print("{}\n", json_of(input, size, store).dump(2));
  } else {
    fmt::print("{}", text_of(input, size, store));
  }
  return 0;
}

}  // namespace skerry::experiments
