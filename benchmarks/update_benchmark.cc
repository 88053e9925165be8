// What updates cost: inserts and deletes per second, and records and bytes written for each, on an
// index of n items in a store. One line of JSON for each kind of operation.
//
//   update_benchmark STORE DIR METRIC (FILE | SPEC) N [threads] [batch] [operations] [repair]
//                    [in_links] [durability]
//
// The first N vectors make the index; inserts take the vectors that follow, deletes are drawn at
// random by a fixed seed. Each batch is one commit with the durability given (power: synced).

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "experiments/cost/process_io.h"
#include "experiments/dataset.h"
#include "graph/writer.h"
#include "kv/open_store.h"

namespace skerry {
namespace {

using Clock = std::chrono::steady_clock;

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

/// Runs `operations` of one kind, a batch to a commit.
template <class Stage>
void measure(const Settings& settings, graph::Writer& writer, std::string_view kind,
             Stage&& stage) {
  graph::UpdateWork work;
  std::size_t commits = 0;
  const experiments::ProcessIo before = experiments::process_io();
  const Clock::time_point start = Clock::now();
  for (std::size_t done = 0; done < settings.operations; done += settings.batch) {
    for (std::size_t i = done; i < std::min(done + settings.batch, settings.operations); ++i) {
      stage(i);
    }
    const graph::UpdateWork step = writer.build(durability_of(settings.durability)).work;
    work.records += step.records;
    work.bytes += step.bytes;
    work.lists += step.lists;
    ++commits;
  }
  const double seconds = seconds_since(start);
  const experiments::ProcessIo io = experiments::process_io() - before;
  const auto per = [&](std::uint64_t count) {
    return static_cast<double>(count) / static_cast<double>(settings.operations);
  };
  fmt::print(
      "{{\"store\": \"{}\", \"n\": {}, \"operation\": \"{}\", \"repair\": \"{}\", \"in_links\": "
      "\"{}\", \"threads\": {}, \"batch\": {}, \"durability\": \"{}\", \"operations\": {}, "
      "\"per_second\": {:.0f}, \"records\": {:.1f}, \"lists\": {:.1f}, \"bytes\": {:.0f}, "
      "\"written_bytes\": {:.0f}, \"commits\": {}, \"digest\": \"{}\"}}\n",
      settings.store, settings.items, kind, settings.repair, settings.in_links, settings.threads,
      settings.batch, settings.durability, settings.operations,
      static_cast<double>(settings.operations) / seconds, per(work.records), per(work.lists),
      per(work.bytes), per(io.written_bytes), commits, writer.meta().digest);
  std::cout.flush();
}

void run(const Settings& settings) {
  const experiments::Dataset data = load(settings);
  if (data.train.rows < settings.items + settings.operations) {
    throw Error(Code::invalid_argument,
                fmt::format("{} vectors are too few for {} items and {} inserts", data.train.rows,
                            settings.items, settings.operations));
  }
  kv::StoreOptions options;
  options.path = settings.directory;
  options.create = true;
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
  std::cerr << fmt::format("built in {:.1f} s\n", seconds_since(start));

  measure(settings, writer, "insert", [&](std::size_t i) {
    writer.add(settings.items + i, data.train.row(settings.items + i));
  });
  Random random(7);
  std::vector<ItemId> ids(settings.items);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = i;
  shuffle(ids, random);
  measure(settings, writer, "replace",
          [&](std::size_t i) { writer.add(ids[i], data.train.row(ids[i])); });
  measure(settings, writer, "delete",
          [&](std::size_t i) { writer.erase(ids[i + settings.operations]); });
}

}  // namespace
}  // namespace skerry

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << "usage: update_benchmark STORE DIR METRIC (FILE | SPEC) N [threads] [batch] "
                 "[operations] [repair] [in_links] [durability]\n";
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
    skerry::run(settings);
  } catch (const std::exception& error) {
    std::cerr << "update_benchmark: " << error.what() << '\n';
    return 1;
  }
}
