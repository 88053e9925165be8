// What updates cost, on an index of n items in a store. One line of JSON for the index as built,
// and one for each kind of operation (insert, replace, delete): operations per second, and for each
// operation the records, link lists and bytes of keys and values that it wrote, what the process
// handed to files, and what the engine counted.
//
//   update_benchmark STORE DIR METRIC (FILE | SPEC) N [threads] [batch] [operations] [repair]
//                    [in_links] [durability] [counters]
//
// The first N vectors make the index; inserts take the vectors that follow; replacements (by the
// same vectors) and deletes are drawn at random by a fixed seed, no item twice. Each batch is one
// commit with the durability given (power: synced). With `counters` the engine counts, which costs
// it time. `written_bytes` are those handed to write(2) and its kin: what /proc/self/io counts as
// sent to storage is up to 15 times as much on ext4 with large folios, of which it counts the whole
// for a page of 4 KiB.

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "experiments/cost/process_io.h"
#include "experiments/dataset.h"
#include "graph/inspect.h"
#include "graph/stored_index.h"
#include "graph/writer.h"
#include "kv/open_store.h"

namespace skerry {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::ordered_json;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Settings {
  std::string store, directory, metric, data;
  std::size_t items = 0;
  unsigned threads = 1;
  std::size_t batch = 100;
  std::size_t operations = 1000;
  std::string repair = "fresh_diskann";
  std::string in_links = "symmetric";
  std::string durability = "power";
  bool counters = false;
};

kv::Durability durability_of(const std::string& name) {
  if (name == "none") return kv::Durability::none;
  if (name == "process") return kv::Durability::process;
  if (name == "ordered") return kv::Durability::ordered;
  if (name == "power") return kv::Durability::power;
  throw Error(Code::invalid_argument, "durability is none, process, ordered or power");
}

experiments::Dataset load(const Settings& settings) {
  experiments::DatasetRequest request;
  (std::filesystem::exists(settings.data) ? request.path : request.spec) = settings.data;
  return experiments::load_vectors(request, distance::metric(settings.metric));
}

void print(const ordered_json& line) {
  std::cout << line.dump() << '\n';
  std::cout.flush();
}

/// The index as built: how long it took, and the in-degrees that bound what an update may touch.
void describe(const Settings& settings, kv::Store& store, double seconds) {
  const graph::StoredIndex index(store, "main");
  const graph::GraphReport report = graph::inspect_graph(index.load_graph());
  const graph::LevelDegrees& base = report.levels.at(0);
  print({{"store", settings.store},
         {"n", settings.items},
         {"operation", "build"},
         {"seconds", seconds},
         {"degree_mean", static_cast<double>(base.links) / static_cast<double>(base.items)},
         {"in_degree_p99", base.in_p99},
         {"in_degree_max", base.in_max},
         {"disk_bytes", store.size_on_disk()},
         {"digest", index.meta().digest}});
}

/// What the engine counted since `before`, per operation; levels are no counts.
ordered_json engine(const std::vector<kv::EngineCounter>& before,
                    const std::vector<kv::EngineCounter>& after, double operations) {
  ordered_json counted = ordered_json::object();
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (after[i].kind == kv::CounterKind::level) continue;
    const std::uint64_t count = after[i].value - before[i].value;
    if (count != 0) counted[std::string(after[i].name)] = static_cast<double>(count) / operations;
  }
  return counted;
}

/// Runs `operations` of one kind, a batch to a commit.
template <class Stage>
void measure(const Settings& settings, kv::Store& store, graph::Writer& writer,
             std::string_view kind, Stage&& stage) {
  graph::UpdateWork work;
  ordered_json commit_records = ordered_json::array();
  ordered_json commit_bytes = ordered_json::array();
  ordered_json commit_written_bytes = ordered_json::array();
  const std::vector<kv::EngineCounter> counters = store.engine_counters();
  const experiments::ProcessIo before = experiments::process_io();
  experiments::ProcessIo io;
  const Clock::time_point start = Clock::now();
  for (std::size_t done = 0; done < settings.operations; done += settings.batch) {
    for (std::size_t i = done; i < std::min(done + settings.batch, settings.operations); ++i) {
      stage(i);
    }
    const graph::UpdateWork step = writer.build(durability_of(settings.durability)).work;
    work.records += step.records;
    work.bytes += step.bytes;
    work.lists += step.lists;
    commit_records.push_back(step.records);
    commit_bytes.push_back(step.bytes);
    const experiments::ProcessIo sum = experiments::process_io() - before;
    commit_written_bytes.push_back(sum.call_bytes - io.call_bytes);
    io = sum;
  }
  const double seconds = seconds_since(start);
  const auto operations = static_cast<double>(settings.operations);
  const auto per = [&](std::uint64_t count) { return static_cast<double>(count) / operations; };
  print({{"store", settings.store},
         {"n", settings.items},
         {"operation", kind},
         {"repair", settings.repair},
         {"in_links", settings.in_links},
         {"threads", settings.threads},
         {"batch", settings.batch},
         {"durability", settings.durability},
         {"operations", settings.operations},
         {"per_second", operations / seconds},
         {"records", per(work.records)},
         {"lists", per(work.lists)},
         {"bytes", per(work.bytes)},
         {"written_bytes", io.counted ? ordered_json(per(io.call_bytes)) : ordered_json()},
         {"engine", engine(counters, store.engine_counters(), operations)},
         {"commit_records", commit_records},
         {"commit_bytes", commit_bytes},
         {"commit_written_bytes", commit_written_bytes},
         {"digest", writer.meta().digest}});
}

void run(const Settings& settings) {
  if (settings.batch == 0 || settings.operations == 0 || settings.items < 2 * settings.operations) {
    throw Error(Code::invalid_argument,
                fmt::format("{} operations in batches of {} do not fit {} items",
                            settings.operations, settings.batch, settings.items),
                {.expected = "at least 1 of both, and items for replacements and for deletes"});
  }
  const experiments::Dataset data = load(settings);
  if (data.train.rows < settings.items + settings.operations) {
    throw Error(Code::invalid_argument,
                fmt::format("{} vectors are too few for {} items and {} inserts", data.train.rows,
                            settings.items, settings.operations));
  }
  kv::StoreOptions options;
  options.path = settings.directory;
  options.create = true;
  options.counters = settings.counters;
  const std::unique_ptr<kv::Store> store = kv::open_store(settings.store, options);
  graph::IndexOptions index;
  index.metric = settings.metric;
  index.dimension = data.train.dimension;
  index.build.repair = settings.repair;
  index.build.in_links = settings.in_links;
  graph::Writer::create(*store, "main", index);
  graph::Writer writer(*store, "main", settings.threads);
  for (std::size_t i = 0; i < settings.items; ++i) writer.add(i, data.train.row(i));
  const Clock::time_point start = Clock::now();
  writer.build();
  describe(settings, *store, seconds_since(start));

  measure(settings, *store, writer, "insert", [&](std::size_t i) {
    writer.add(settings.items + i, data.train.row(settings.items + i));
  });
  Random random(7);
  std::vector<ItemId> ids(settings.items);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = i;
  shuffle(ids, random);
  measure(settings, *store, writer, "replace",
          [&](std::size_t i) { writer.add(ids[i], data.train.row(ids[i])); });
  measure(settings, *store, writer, "delete",
          [&](std::size_t i) { writer.erase(ids[i + settings.operations]); });
}

}  // namespace
}  // namespace skerry

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << "usage: update_benchmark STORE DIR METRIC (FILE | SPEC) N [threads] [batch] "
                 "[operations] [repair] [in_links] [durability] [counters]\n";
    return 2;
  }
  skerry::Settings settings{argv[1], argv[2], argv[3], argv[4]};
  try {
    settings.items = std::stoul(argv[5]);
    if (argc > 6) settings.threads = static_cast<unsigned>(std::stoul(argv[6]));
    if (argc > 7) settings.batch = std::stoul(argv[7]);
    if (argc > 8) settings.operations = std::stoul(argv[8]);
    if (argc > 9) settings.repair = argv[9];
    if (argc > 10) settings.in_links = argv[10];
    if (argc > 11) settings.durability = argv[11];
    if (argc > 12) settings.counters = std::string(argv[12]) == "counters";
    skerry::run(settings);
  } catch (const std::exception& error) {
    std::cerr << "update_benchmark: " << error.what() << '\n';
    return 1;
  }
}
