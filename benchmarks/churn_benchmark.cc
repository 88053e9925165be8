// What churn does to an index: rounds of deletes and inserts of fresh items, and after each round
// recall, items out of reach, degrees and link bytes, against an index made anew from the same
// items. One line of JSON a round.
//
//   churn_benchmark STORE DIR METRIC (FILE | SPEC) [repair] [in_links] [connectivity] [threads]
//                   [rounds] [share] [limit]
//
// Half of the vectors (of the first `limit`) make the index, the other half are held back. A round
// deletes `share` of the items, drawn at random by a fixed seed, and adds as many that were held
// back, or deleted longest ago. With repair `tombstone` each round ends with consolidate(). Repair
// `rebuild` makes the graph anew each round instead.

#include <fmt/format.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "experiments/dataset.h"
#include "graph/inspect.h"
#include "graph/link_sizes.h"
#include "graph/reader.h"
#include "graph/writer.h"
#include "kv/open_store.h"

namespace skerry {
namespace {

using Clock = std::chrono::steady_clock;

struct Settings {
  std::string store, directory, metric, data;
  std::string repair = "fresh_diskann";
  std::string in_links = "symmetric";
  std::string connectivity = "none";
  unsigned threads = 2;
  unsigned rounds = 20;
  double share = 0.05;
  std::size_t limit = 0;
};

constexpr std::size_t k = 10;
constexpr std::size_t ef = 64;

/// Mean recall@10 over all queries, by the distances of a scan of the same index.
double recall(kv::Store& store, const experiments::Dataset& data) {
  const graph::Reader reader(store, "main", "frozen");
  const std::unique_ptr<graph::Reader::Searcher> searcher = reader.searcher();
  std::vector<graph::Hit> truth;
  std::vector<graph::Hit> found;
  std::size_t hits = 0;
  for (std::size_t q = 0; q < data.test.rows; ++q) {
    searcher->search(data.test.row(q), {.k = k, .ef = k, .scan = true}, truth);
    searcher->search(data.test.row(q), {.k = k, .ef = ef}, found);
    for (const graph::Hit& hit : found) hits += hit.distance <= truth.back().distance ? 1 : 0;
  }
  return static_cast<double>(hits) / static_cast<double>(k * data.test.rows);
}

void report(const Settings& settings, kv::Store& store, const experiments::Dataset& data,
            unsigned round, double seconds) {
  const graph::StoredIndex index(store, "main");
  const graph::Graph graph = index.load_graph();
  const graph::GraphReport report = graph::inspect_graph(graph, index.meta().root);
  const graph::LevelDegrees& base = report.levels.at(0);
  const graph::StoredSizes sizes = graph::stored_sizes(index);
  const graph::Meta& meta = index.meta();
  fmt::print(
      "{{\"repair\": \"{}\", \"in_links\": \"{}\", \"connectivity\": \"{}\", \"round\": {}, "
      "\"items\": {}, \"recall\": {:.4f}, \"unreachable\": {}, \"degree_mean\": {:.3f}, "
      "\"in_degree_p99\": {}, \"in_degree_max\": {}, \"in_degree_zero\": {}, \"entry_points\": {}, "
      "\"top_level\": {}, \"gone\": {}, \"free\": {}, \"link_bytes\": {}, \"seconds\": {:.2f}}}\n",
      settings.repair, settings.in_links, settings.connectivity, round, meta.items,
      recall(store, data), report.unreachable_base,
      static_cast<double>(base.links) / static_cast<double>(base.items), base.in_p99, base.in_max,
      base.in_degree_zero, meta.entry_points.size(), meta.top_level, meta.gone, meta.free,
      sizes.links.key_bytes + sizes.links.value_bytes, seconds);
  std::cout.flush();
}

void run(const Settings& settings) {
  experiments::DatasetRequest request;
  (std::filesystem::exists(settings.data) ? request.path : request.spec) = settings.data;
  request.limit = settings.limit;
  const experiments::Dataset data =
      experiments::load_vectors(request, distance::metric(settings.metric));
  kv::StoreOptions options;
  options.path = settings.directory;
  options.create = true;
  const std::unique_ptr<kv::Store> store = kv::open_store(settings.store, options);
  const bool rebuild = settings.repair == "rebuild";
  graph::IndexOptions index;
  index.metric = settings.metric;
  index.dimension = data.train.dimension;
  index.build.repair = rebuild ? "drop" : settings.repair;
  index.build.in_links = settings.in_links;
  index.build.connectivity = settings.connectivity;
  graph::Writer::create(*store, "main", index);
  graph::Writer writer(*store, "main", settings.threads);

  std::vector<ItemId> ids(data.train.rows);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = i;
  Random random(11);
  shuffle(ids, random);
  const std::size_t half = ids.size() / 2;
  std::vector<ItemId> present(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(half));
  std::deque<ItemId> waiting(ids.begin() + static_cast<std::ptrdiff_t>(half), ids.end());
  const auto add = [&](ItemId id) { writer.add(id, data.train.row(id)); };
  Clock::time_point start = Clock::now();
  for (const ItemId id : present) add(id);
  writer.build(kv::Durability::process);
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  report(settings, *store, data, 0, seconds());
  for (unsigned round = 1; round <= settings.rounds; ++round) {
    const auto count =
        static_cast<std::size_t>(settings.share * static_cast<double>(present.size()));
    shuffle(present, random);
    start = Clock::now();
    for (std::size_t i = 0; i < count; ++i) {
      writer.erase(present[i]);
      waiting.push_back(present[i]);
      present[i] = waiting.front();
      waiting.pop_front();
      add(present[i]);
    }
    if (rebuild) {
      writer.rebuild({}, kv::Durability::process);
    } else {
      writer.build(kv::Durability::process);
      if (settings.repair == "tombstone") writer.consolidate({}, kv::Durability::process);
    }
    report(settings, *store, data, round, seconds());
  }
}

}  // namespace
}  // namespace skerry

int main(int argc, char** argv) {
  if (argc < 5) {
    std::cerr << "usage: churn_benchmark STORE DIR METRIC (FILE | SPEC) [repair] [in_links] "
                 "[connectivity] [threads] [rounds] [share] [limit]\n";
    return 2;
  }
  skerry::Settings settings{argv[1], argv[2], argv[3], argv[4]};
  try {
    if (argc > 5) settings.repair = argv[5];
    if (argc > 6) settings.in_links = argv[6];
    if (argc > 7) settings.connectivity = argv[7];
    if (argc > 8) settings.threads = static_cast<unsigned>(std::stoul(argv[8]));
    if (argc > 9) settings.rounds = static_cast<unsigned>(std::stoul(argv[9]));
    if (argc > 10) settings.share = std::stod(argv[10]);
    if (argc > 11) settings.limit = std::stoul(argv[11]);
    skerry::run(settings);
  } catch (const std::exception& error) {
    std::cerr << "churn_benchmark: " << error.what() << '\n';
    return 1;
  }
}
