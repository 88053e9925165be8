// `skerry index create`

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "experiments/index/build_options.h"
#include "experiments/index/commands.h"
#include "experiments/index/fresh_index.h"
#include "experiments/index/index_store.h"
#include "experiments/index/interruptible.h"
#include "experiments/index/new_store.h"
#include "graph/stored_index.h"
#include "kv/names.h"
#include "kv/open_store.h"

namespace skerry::experiments {

namespace {

namespace fs = std::filesystem;

constexpr std::array<Option, 9> own_options = {{
    {.name = "store", .value = "NAME", .description = "lmdb or rocksdb"},
    {.name = "metric",
     .value = "NAME",
     .description = "distance: euclidean, cosine, inner_product, manhattan or hamming"},
    {.name = "vectors",
     .value = "FILE",
     .description =
         "hdf5, fvecs, bvecs, fbin, u8bin, i8bin, npy; ndjson, jsonl; -: standard input"},
    {.name = "graph",
     .value = "FILE",
     .description = "takes graph and vectors of another library: hnswlib, faiss, hannoy(DIR)"},
    {.name = "dimension",
     .value = "N",
     .description = "without vectors: makes an empty index for vectors of N components"},
    {.name = "first-id", .value = "N", .default_value = "0", .description = "id of a file's row 0"},
    {.name = "name", .value = "INDEX", .default_value = "main", .description = "what to call it"},
    threads_option,
    {.name = "force", .description = "use a DIR that is there; replace an index of this name"},
}};

constexpr auto options = joined(own_options, build_option_list);

constexpr Command command = {
    .usage = "skerry index create DIR --store NAME --metric NAME --vectors FILE [options]",
    .summary =
        "Makes an index in the directory DIR, which is made, too. A DIR that is there is refused,\n"
        "unless it is empty, or --name asks for an index that its store does not have. The n-th\n"
        "row of a file gets the id first-id + n; lines of JSON, {\"id\": 17, \"vector\": [..]},\n"
        "have ids of their own. `skerry list` names what a SPEC may be.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
    .epilogue = "The index is written with the durability `power`, whole or not at all.\n",
};

/// Refuses what would not be made before any work.
void check_place(const Parsed& parsed, const fs::path& path, Place place, std::string_view kind) {
  if (place == Place::absent || place == Place::empty) return;
  const bool force = parsed.has("force");
  if (place == Place::folder) {
    if (force) return;
    throw Error(Code::invalid_argument,
                "the directory is there already and holds other files; --force makes a store among "
                "them",
                {.path = path.string()});
  }
  const std::string_view found = kv::detect_store(path);
  if (found != kind) {
    throw Error(
        Code::mismatch, "the directory holds a store of another kind",
        {.path = path.string(), .expected = std::string(kind), .found = std::string(found)});
  }
  if (force) return;
  const std::string name = parsed.value("name");
  const std::vector<std::string> present = graph::list_indexes(*open_to_read(path));
  if (std::find(present.begin(), present.end(), name) != present.end()) {
    throw Error(Code::invalid_argument,
                fmt::format("an index `{}` is there already; --force replaces it, `skerry index "
                            "add` adds to it",
                            name),
                {.path = path.string()});
  }
  if (!parsed.has("name")) {
    throw Error(Code::invalid_argument,
                "the directory is there already; --name INDEX makes another index in its store",
                {.path = path.string()});
  }
}

}  // namespace

int index_create(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const fs::path path = parsed.positional.front();
  const std::string kind = new_store_kind(parsed);
  const std::string name = parsed.value("name");
  kv::check_table_name(graph::table_name(name, "vectors"));
  const unsigned threads = threads_of(parsed);
  graph::IndexOptions wanted = with_build_options(parsed, {});
  wanted.metric = needed(parsed, "metric");
  const distance::Metric& metric = distance::metric(wanted.metric);
  wanted.dimension = 1;
  (void)graph::empty_meta(wanted);  // all but the dimension, before vectors are read
  const Place place = look_at(path);
  check_place(parsed, path, place, kind);

  wanted.dimension = parsed.has("dimension") ? whole_number("dimension", parsed.value("dimension"),
                                                            1, std::size_t{1} << 24)
                                             : 0;
  Items items;
  std::optional<graph::Graph> given;
  if (parsed.has("graph")) {
    for (const std::string_view other : {"vectors", "dimension", "first-id"}) {
      if (!parsed.has(other)) continue;
      throw Error(Code::invalid_argument,
                  fmt::format("--graph brings its own vectors; leave --{} out", other));
    }
    ForeignItems foreign = ForeignItems::read(parsed.value("graph"), metric);
    for (const std::string& note : foreign.notes) fmt::print(stderr, "note: {}\n", note);
    items = std::move(foreign.items);
    wanted.dimension = items.rows.dimension();
    wanted.bounds = foreign.graph.bounds();
    given = std::move(foreign.graph);
  } else if (parsed.has("vectors") || wanted.dimension == 0) {
    VectorRequest request{.path = needed(parsed, "vectors")};
    if (parsed.has("first-id")) {
      request.first_id = whole_number("first-id", parsed.value("first-id"), 0, graph::no_item - 1);
    }
    const std::unique_ptr<VectorSource> source = open_vectors(request, metric);
    if (source->dimension() == 0 && wanted.dimension == 0) {
      throw Error(Code::invalid_argument,
                  "there are no vectors; --dimension N makes an index without any",
                  {.path = request.path});
    }
    if (wanted.dimension != 0 && source->dimension() != 0 &&
        source->dimension() != wanted.dimension) {
      throw Error(Code::mismatch, "the vectors have another dimension than --dimension says",
                  {.path = request.path,
                   .expected = std::to_string(wanted.dimension),
                   .found = std::to_string(source->dimension())});
    }
    if (source->dimension() != 0) {
      wanted.dimension = source->dimension();
      items = read_items(*source, metric);
    }
  }
  if (items.ids.empty()) items.rows = graph::Rows(metric, wanted.dimension, 0);
  (void)graph::empty_meta(wanted);

  NewStore made(path, place);
  return interruptible([&](const Progress& progress) {
    const std::unique_ptr<kv::Store> store = kv::open_store(kind, {.path = path, .create = true});
    const graph::Meta meta = write_fresh_index(*store, name, wanted, items, threads, progress,
                                               given ? &*given : nullptr);
    made.keep();
    fmt::print("{}: index `{}` made: {}\n", path.string(), name, state_text(meta));
  });
}

}  // namespace skerry::experiments
