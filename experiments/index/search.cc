// `skerry index search`

#include <fmt/format.h>

#include <array>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "experiments/index/commands.h"
#include "experiments/index/id_filter.h"
#include "experiments/index/index_store.h"
#include "experiments/index/vector_source.h"
#include "graph/reader.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 10> options = {{
    {.name = "queries",
     .value = "FILE",
     .description =
         "hdf5 (its test vectors), fvecs, bvecs, fbin, u8bin, i8bin, npy; ndjson, jsonl; "
         "-: standard input"},
    {.name = "k",
     .letter = "k",
     .value = "N",
     .default_value = "10",
     .description = "items to find for each query"},
    {.name = "ef",
     .value = "N",
     .default_value = "64",
     .description = "beam of the search: wider finds more and takes longer; at least k"},
    {.name = "scan", .description = "compare with every item instead of walking the graph"},
    {.name = "filter-ids",
     .value = "FILE",
     .description = "find only items whose ids it holds: one a line, or a 64-bit Roaring bitmap; "
                    "-: standard input"},
    {.name = "view",
     .value = "NAME",
     .default_value = "direct",
     .description = "direct: the store; memo: places in it; cached(mib=64): nodes met last; "
                    "frozen: all in memory"},
    {.name = "traversal",
     .value = "NAME",
     .default_value = "f32",
     .description =
         "what the walk compares: f32, the vectors; or codes of an encoding, such as i8"},
    {.name = "oversample",
     .value = "N",
     .default_value = "1",
     .description = "of what a walk by codes finds, N * k are compared by their vectors"},
    name_option,
    threads_option,
}};

constexpr Command command = {
    .usage = "skerry index search DIR --queries FILE [-k N] [--ef N] [--filter-ids FILE] [options]",
    .summary =
        "Finds the items nearest to each query and prints them as lines with tabs: query, rank, "
        "id,\n"
        "distance. The first line names the columns. Queries are numbered from 0, or have the id\n"
        "of their line of JSON; ranks begin with 1. Distances are euclidean, 1 - cos, minus the\n"
        "inner product, manhattan, or the number of differing bits.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
};

/// Queries that are searched together, so that all threads have work and lines come in order.
constexpr std::size_t batch_size = 1024;

struct Batch {
  std::vector<ItemId> numbers;
  std::vector<std::byte> vectors;
};

}  // namespace

int index_search(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const graph::SearchOptions wanted{
      .k = whole_number("k", parsed.value("k"), 1, max_slots),
      .ef = whole_number("ef", parsed.value("ef"), 1, max_slots),
      .scan = parsed.has("scan"),
      .oversample = whole_number("oversample", parsed.value("oversample"), 1, max_slots)};
  const unsigned threads = threads_of(parsed);
  const VectorRequest request{.path = needed(parsed, "queries"), .queries = true};
  if (request.path == "-" && parsed.value("filter-ids") == "-") {
    throw Error(Code::invalid_argument,
                "--queries and --filter-ids cannot both be read from standard input");
  }
  const std::unique_ptr<kv::Store> store = open_to_read(parsed.positional.front());
  const std::string view = parsed.value("view");
  const std::string traversal = parsed.value("traversal");
  const graph::Reader reader(*store, parsed.value("name"),
                             {.view = view, .traversal = traversal, .threads = threads});
  const std::unique_ptr<VectorSource> source = open_vectors(request, reader.metric());
  if (source->dimension() != 0 && source->dimension() != reader.meta().dimension) {
    throw Error(Code::mismatch, "the queries have another dimension than the index's vectors",
                {.path = request.path,
                 .expected = std::to_string(reader.meta().dimension),
                 .found = std::to_string(source->dimension())});
  }
  std::optional<graph::Filter> filter;
  if (parsed.has("filter-ids")) {
    filter.emplace(filter_by_ids(reader, parsed.value("filter-ids")));
    if (filter->count() == 0 && reader.meta().items > 0) {
      fmt::print(stderr, "skerry: warning: none of the ids in {} is in the index\n",
                 parsed.value("filter-ids"));
    }
  }
  const graph::QueryOptions filtered{.k = wanted.k,
                                     .ef = wanted.ef,
                                     .filter = filter ? &*filter : nullptr,
                                     .way = wanted.scan ? graph::Way::scan : graph::Way::automatic};
  std::vector<std::unique_ptr<graph::Reader::Searcher>> searchers;
  for (unsigned i = 0; i < threads; ++i) searchers.push_back(reader.searcher());
  const std::size_t bytes = reader.metric().vector_bytes(reader.meta().dimension);

  Batch batch;
  std::vector<std::vector<graph::Hit>> hits(batch_size);
  const auto search = [&] {
    parallel_for(batch.numbers.size(), threads, 1,
                 [&](std::size_t begin, std::size_t end, unsigned worker) {
                   for (std::size_t i = begin; i < end; ++i) {
                     const Bytes query = Bytes(batch.vectors).subspan(i * bytes, bytes);
                     if (filter) {
                       hits[i] = searchers[worker]->by_vector(query, filtered).hits;
                     } else {
                       searchers[worker]->search(query, wanted, hits[i]);
                     }
                   }
                 });
    for (std::size_t i = 0; i < batch.numbers.size(); ++i) {
      for (std::size_t rank = 0; rank < hits[i].size(); ++rank) {
        fmt::print("{}\t{}\t{}\t{:.9g}\n", batch.numbers[i], rank + 1, hits[i][rank].id,
                   hits[i][rank].distance);
      }
    }
    batch = {};
  };
  fmt::print("query\trank\tid\tdistance\n");
  source->for_each([&](ItemId number, Bytes vector) {
    batch.numbers.push_back(number);
    batch.vectors.insert(batch.vectors.end(), vector.begin(), vector.end());
    if (batch.numbers.size() == batch_size) search();
  });
  search();
  return 0;
}

}  // namespace skerry::experiments
