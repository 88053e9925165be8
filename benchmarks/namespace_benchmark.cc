// What it costs to have many small indexes in one store, each with tables of its own or all in
// tables shared by prefix (kv/prefix_store.h). One line of JSON for each store, way and number.
//
//   namespace_benchmark DIR [STORE ..] [COUNT ..]
//
// Stores are made in DIR and removed; without names, all of this build; without numbers, 1, 10, 100
// and 1000 indexes. Each index has 20 items of 32 dimensions. The store is closed and opened again,
// and then, for 30 indexes drawn by a fixed seed, or all if there are fewer:
//   open_us    a Reader (view direct) of an index that this store object has not opened before
//   answer_us  its first search (k = 10)
//   commit_us  Writer::build() of one more item, Durability::process, the Writer being open
// Medians; make_us is the mean time to make an index, store_open_ms the time to open the store.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "graph/reader.h"
#include "graph/writer.h"
#include "kv/open_store.h"
#include "kv/prefix_store.h"

namespace skerry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t dimension = 32;
constexpr ItemId items = 20;
constexpr std::size_t samples = 30;

template <class Action>
double microseconds(Action&& action) {
  const Clock::time_point start = Clock::now();
  action();
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

std::vector<float> vector_of(std::size_t index, ItemId id) {
  Random random(hash64(index, id));
  std::vector<float> vector(dimension);
  for (float& x : vector) x = static_cast<float>(random.unit());
  return vector;
}

std::string name_of(std::size_t index) { return fmt::format("index{}", index); }

void add(graph::Writer& writer, std::size_t index, ItemId id) {
  const std::vector<float> vector = vector_of(index, id);
  writer.add(id, std::as_bytes(std::span(vector)));
}

std::unique_ptr<kv::Store> open(const std::string& kind, bool prefixes,
                                const std::filesystem::path& path) {
  kv::StoreOptions options;
  options.path = path;
  options.create = true;
  options.max_tables = 8192;  // so that LMDB can be seen with tables for a thousand
  std::unique_ptr<kv::Store> store = kv::open_store(kind, options);
  if (!prefixes) return store;
  return kv::with_prefixes(std::move(store));
}

void make(kv::Store& store, std::size_t index) {
  graph::IndexOptions options;
  options.metric = "euclidean";
  options.dimension = dimension;
  graph::Writer::create(store, name_of(index), options);
  graph::Writer writer(store, name_of(index));
  for (ItemId id = 0; id < items; ++id) add(writer, index, id);
  writer.build(kv::Durability::process);
}

std::string measure(const std::string& kind, bool prefixes, std::size_t count,
                    const std::filesystem::path& path) {
  std::unique_ptr<kv::Store> store = open(kind, prefixes, path);
  const double making = microseconds([&] {
    for (std::size_t index = 0; index < count; ++index) make(*store, index);
  });
  double opening = 0;
  if (store->traits().persistent) {
    store.reset();
    opening = microseconds([&] { store = open(kind, prefixes, path); });
  }
  std::vector<std::size_t> drawn(count);
  for (std::size_t i = 0; i < count; ++i) drawn[i] = i;
  Random random(11);
  shuffle(drawn, random);
  drawn.resize(std::min(count, samples));
  std::vector<double> open_times;
  std::vector<double> answer_times;
  std::vector<double> commit_times;
  for (const std::size_t index : drawn) {
    std::unique_ptr<graph::Reader> reader;
    open_times.push_back(microseconds(
        [&] { reader = std::make_unique<graph::Reader>(*store, name_of(index), "direct"); }));
    const std::vector<float> query = vector_of(index, 0);
    std::vector<graph::Hit> hits;
    answer_times.push_back(microseconds(
        [&] { reader->searcher()->search(std::as_bytes(std::span(query)), {}, hits); }));
    if (hits.empty() || hits[0].id != 0)
      throw Error(Code::corrupt, "a search found the wrong item");
  }
  for (const std::size_t index : drawn) {
    graph::Writer writer(*store, name_of(index));
    add(writer, index, items);
    commit_times.push_back(microseconds([&] { writer.build(kv::Durability::process); }));
  }
  return fmt::format(
      "\"make_us\": {:.0f}, \"store_open_ms\": {:.2f}, \"open_us\": {:.1f}, \"answer_us\": {:.1f}, "
      "\"commit_us\": {:.1f}, \"disk_bytes\": {}",
      making / static_cast<double>(count), opening / 1000, median(open_times), median(answer_times),
      median(commit_times), store->size_on_disk());
}

void run(const std::filesystem::path& directory, const std::vector<std::string>& kinds,
         const std::vector<std::size_t>& counts) {
  for (const std::string& kind : kinds) {
    for (const bool prefixes : {false, true}) {
      for (const std::size_t count : counts) {
        const std::filesystem::path path = directory / "namespace_benchmark";
        std::filesystem::remove_all(path);
        std::string result;
        try {
          result = measure(kind, prefixes, count, path);
        } catch (const Error& error) {
          if (error.code() != Code::full) throw;
          result = fmt::format("\"refused\": \"{}\"", name(error.code()));
        }
        fmt::print("{{\"store\": \"{}\", \"tables\": \"{}\", \"indexes\": {}, {}}}\n", kind,
                   prefixes ? "prefix" : "own", count, result);
        std::fflush(stdout);
        std::filesystem::remove_all(path);
      }
    }
  }
}

}  // namespace
}  // namespace skerry

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: namespace_benchmark DIR [STORE ..] [COUNT ..]\n";
    return 2;
  }
  try {
    std::vector<std::string> kinds;
    std::vector<std::size_t> counts;
    for (int i = 2; i < argc; ++i) {
      const std::string argument = argv[i];
      if (argument.find_first_not_of("0123456789") == argument.npos) {
        counts.push_back(std::stoul(argument));
      } else {
        skerry::kv::check_store_spec(argument);
        kinds.push_back(argument);
      }
    }
    if (counts.empty()) counts = {1, 10, 100, 1000};
    if (std::find(counts.begin(), counts.end(), 0U) != counts.end()) {
      throw skerry::Error(skerry::Code::invalid_argument, "COUNT must be at least 1");
    }
    if (kinds.empty()) {
      for (const skerry::kv::StoreKind& kind : skerry::kv::store_kinds()) {
        kinds.emplace_back(kind.name);
      }
    }
    std::filesystem::create_directories(argv[1]);
    skerry::run(argv[1], kinds, counts);
  } catch (const std::exception& error) {
    std::cerr << "namespace_benchmark: " << error.what() << '\n';
    return 1;
  }
}
