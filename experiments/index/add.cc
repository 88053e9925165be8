// `skerry index add`

#include <fmt/format.h>

#include <array>

#include "base/error.h"
#include "experiments/index/commands.h"
#include "experiments/index/index_store.h"
#include "experiments/index/interruptible.h"
#include "experiments/index/vector_source.h"
#include "experiments/table.h"
#include "graph/writer.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 5> options = {{
    {.name = "vectors",
     .value = "FILE",
     .description =
         "hdf5, fvecs, bvecs, fbin, u8bin, i8bin, npy; ndjson, jsonl; -: standard input"},
    {.name = "first-id",
     .value = "N",
     .description = "id of a file's row 0 (default: after the largest id)"},
    name_option,
    threads_option,
    durability_option,
}};

constexpr Command command = {
    .usage = "skerry index add DIR --vectors FILE [options]",
    .summary =
        "Adds vectors to an index, all by one commit. An item whose id is there is replaced. "
        "Lines\n"
        "of JSON are {\"id\": 17, \"vector\": [0.5, 1, ..]}.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
    .epilogue = durability_help,
};

/// After the largest id; 0 for an index without items.
ItemId next_id(kv::Store& store, const std::string& name) {
  const graph::StoredIndex index(store, name);
  ItemId next = 0;
  index.for_each_item([&](ItemId id, Slot) { next = std::max(next, id + 1); });
  return next;
}

}  // namespace

int index_add(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const std::filesystem::path path = parsed.positional.front();
  const std::string name = parsed.value("name");
  const kv::Durability durability = durability_of(parsed);
  const unsigned threads = threads_of(parsed);
  VectorRequest request{.path = needed(parsed, "vectors")};
  if (parsed.has("first-id")) {
    request.first_id = whole_number("first-id", parsed.value("first-id"), 0, graph::no_item - 1);
  }
  const std::unique_ptr<kv::Store> store = open_to_write(path);
  graph::Writer writer(*store, name, threads);
  request.next_id = next_id(*store, name);
  const graph::Meta before = writer.meta();
  const std::unique_ptr<VectorSource> source =
      open_vectors(request, distance::metric(before.metric));
  if (source->dimension() != 0 && source->dimension() != before.dimension) {
    throw Error(Code::mismatch, "the vectors have another dimension than the index's",
                {.path = request.path,
                 .expected = std::to_string(before.dimension),
                 .found = std::to_string(source->dimension())});
  }
  source->for_each([&](ItemId id, Bytes vector) {
    try {
      writer.add(id, vector);
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("item {}: {}", id, error.what()),
                  {.path = request.path});
    }
  });
  return interruptible([&](const Progress& progress) {
    const graph::BuildReport report = writer.build(durability, progress);
    const graph::Meta& now = writer.meta();
    const std::uint64_t fresh = now.items + report.deleted - before.items;
    fmt::print("{}: index `{}`: {} added, {} replaced; {}\n", path.string(), name, grouped(fresh),
               grouped(report.added - fresh), state_text(now));
  });
}

}  // namespace skerry::experiments
