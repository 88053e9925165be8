// What the beam search costs: whole queries on one graph, by view, by what walks compare, and by
// ef; and the beam alone. 20,000 items of 96 dimensions that lie about 200 centres, in memory.
// Names are search/view/traversal/ef and beam/capacity, for --benchmark_filter.
//
// `distances` are those of a query, of both kinds; `distance` is the time of a query divided by
// them: what a compared item costs, with its share of lists, marks and beam. An iteration is one
// query, or 1,024 distances offered to a beam.

#include <benchmark/benchmark.h>

#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "base/random.h"
#include "benchmarks/query_setting.h"
#include "graph/beam.h"
#include "graph/reader.h"
#include "graph/write_index.h"
#include "kv/open_store.h"

namespace skerry {
namespace {

constexpr std::size_t k = 10;

/// One index with codes of 8 bits, made when it is first asked for.
class Index {
 public:
  static const Index& shared() {
    static const Index index;
    return index;
  }

  kv::Store& store() const noexcept { return *store_; }

  const experiments::Matrix& queries() const noexcept { return dataset_.test; }

 private:
  Index()
      : dataset_(benchmarks::vectors_of(
            "clustered(n=20000, d=96, clusters=200, spread=0.2, queries=1000)",
            distance::metric("euclidean"))),
        store_(kv::open_store("memory", {})) {
    const graph::Rows rows =
        graph::encode_rows(distance::metric("euclidean"), dataset_.train.dimension,
                           dataset_.train.data, dataset_.train.rows, 2);
    graph::write_index(*store_, "main", rows, benchmarks::usual_graph(rows),
                       {.encoding = &distance::encoding("i8")});
  }

  experiments::Dataset dataset_;
  std::unique_ptr<kv::Store> store_;
};

void search(benchmark::State& state, std::string_view view, std::string_view traversal,
            std::size_t ef) {
  const Index& index = Index::shared();
  const graph::Reader reader(index.store(), "main", {.view = view, .traversal = traversal});
  const std::unique_ptr<graph::Reader::Searcher> searcher = reader.searcher();
  const graph::QueryOptions options{.k = k, .ef = ef, .oversample = 3};
  std::uint64_t distances = 0;
  std::size_t query = 0;
  for (auto _ : state) {
    const graph::QueryResult result = searcher->by_vector(index.queries().row(query), options);
    benchmark::DoNotOptimize(result.hits.data());
    distances += result.work.compared();
    query = (query + 1) % index.queries().rows;
  }
  const auto total = static_cast<double>(distances);
  state.counters["distances"] = benchmark::Counter(total, benchmark::Counter::kAvgIterations);
  state.counters["distance"] =
      benchmark::Counter(total, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// Distances that come nearer the longer a walk lasts, as those of a search do, offered as hops do.
/// Many walks, so that no processor learns them by heart.
void beam(benchmark::State& state, std::size_t capacity) {
  constexpr std::size_t walks = 256;
  constexpr std::size_t offered = 1024;
  constexpr std::size_t hop = 16;
  Random random(1);
  std::vector<float> distances(walks * offered);
  for (std::size_t i = 0; i < distances.size(); ++i) {
    const auto late = static_cast<double>(i % offered + 1);
    distances[i] = static_cast<float>(random.unit() + 4.0 / late);
  }
  std::vector<Slot> slots(offered);
  std::iota(slots.begin(), slots.end(), Slot{0});
  graph::Beam entries;
  std::size_t walk = 0;
  for (auto _ : state) {
    entries.reset(capacity);
    const float* const from = &distances[walk * offered];
    for (std::size_t i = 0; i < offered; i += hop) entries.insert(from + i, &slots[i], hop);
    benchmark::DoNotOptimize(entries);
    walk = (walk + 1) % walks;
  }
  state.counters["insert"] =
      benchmark::Counter(static_cast<double>(offered * state.iterations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void register_all() {
  for (const std::string view : {"frozen", "memo", "direct"}) {
    for (const std::string traversal : {"f32", "i8"}) {
      for (const std::size_t ef : {16U, 64U, 256U}) {
        const std::string name = "search/" + view + "/" + traversal + "/" + std::to_string(ef);
        benchmark::RegisterBenchmark(
            name.c_str(), [=](benchmark::State& state) { search(state, view, traversal, ef); });
      }
    }
  }
  for (const std::size_t capacity : {16U, 64U, 256U}) {
    const std::string name = "beam/" + std::to_string(capacity);
    benchmark::RegisterBenchmark(name.c_str(),
                                 [=](benchmark::State& state) { beam(state, capacity); });
  }
}

}  // namespace
}  // namespace skerry

int main(int argc, char** argv) {
  skerry::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
