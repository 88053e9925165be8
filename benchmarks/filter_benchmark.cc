// Filtered queries: every way, and the one that the planner chooses, over selectivity and
// correlation. Prints one Markdown table; docs/filters.md holds one run.
//
//   filter_benchmark DATA METRIC [QUERIES] [GRAPH_FILE]
//
// DATA is a data set's file or a synthetic spec. GRAPH_FILE keeps the graph for the next run.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <roaring/roaring64map.hh>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "benchmarks/query_setting.h"
#include "experiments/dataset.h"
#include "experiments/graph_file.h"
#include "graph/reader.h"
#include "graph/write_index.h"
#include "kv/open_store.h"

namespace skerry {
namespace {

using graph::QueryOptions;
using graph::QueryResult;
using graph::Way;

constexpr std::size_t k = 10;
constexpr std::size_t ef = 100;
// Of each query the fastest pass counts: what else the machine does can only add.
constexpr int passes = 9;
// A way that takes longer than this for all queries is measured once.
constexpr double long_seconds = 1;
constexpr std::array ways = {Way::walk, Way::two_hop, Way::scan, Way::automatic};

/// Which items pass, seen from a query.
enum class Correlation { random, near, far };

constexpr std::array<std::string_view, 3> correlation_names = {"random", "correlated",
                                                               "anti-correlated"};

struct Sums {
  double recall = 0;
  double distances = 0;
  double hops = 0;
  double seconds = 0;      // of the processor, mean of the fastest
  double all_seconds = 0;  // of the last pass
  std::vector<double> fastest{};
  std::array<std::size_t, 4> taken{};  // by Way
};

class Table {
 public:
  Table(const graph::Reader& reader, const graph::Rows& rows, const experiments::Matrix& queries)
      : reader_(reader), rows_(rows), searcher_(reader.searcher()) {
    for (std::size_t q = 0; q < queries.rows; ++q) {
      queries_.push_back(queries.row(q));
      rank(queries.row(q));
    }
  }

  void print() {
    fmt::print("| share | correlation | way | recall | distances | lists | us | taken |\n");
    fmt::print("|---|---|---|---|---|---|---|---|\n");
    for (const double share : {0.5, 0.1, 0.01, 0.001}) {
      for (std::size_t c = 0; c < correlation_names.size(); ++c) {
        cell(share, static_cast<Correlation>(c));
      }
    }
  }

 private:
  void rank(Bytes query) {
    std::vector<std::byte> row(rows_.row_bytes());
    rows_.metric().encode(query, rows_.dimension(), row.data());
    std::vector<Neighbor> all(rows_.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto slot = static_cast<Slot>(i);
      all[i] = {rows_.metric().kernels().pair(row.data(), rows_[slot], rows_.dimension()), slot};
    }
    std::sort(all.begin(), all.end());
    std::vector<Slot>& order = ranks_.emplace_back(all.size());
    std::transform(all.begin(), all.end(), order.begin(), [](const Neighbor& n) { return n.slot; });
  }

  graph::Filter filter(double share, Correlation correlation, std::size_t query) const {
    const auto wanted = static_cast<std::size_t>(share * static_cast<double>(rows_.size()));
    Roaring64Map ids;
    if (correlation == Correlation::random) {
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (Random(hash64(query, i)).unit() < share) ids.add(static_cast<std::uint64_t>(i));
      }
    } else {
      const std::vector<Slot>& order = ranks_[query];
      const std::size_t first = correlation == Correlation::near ? 0 : order.size() - wanted;
      for (std::size_t i = 0; i < wanted; ++i) ids.add(std::uint64_t{order[first + i]});
    }
    return reader_.filter(ids);
  }

  void cell(double share, Correlation correlation) {
    std::vector<graph::Filter> filters;
    for (std::size_t q = 0; q < queries_.size(); ++q) {
      filters.push_back(filter(share, correlation, q));
    }
    std::vector<double> farthest(queries_.size());
    std::size_t wanted = 0;  // results of all queries: fewer than k each where fewer items pass
    for (std::size_t q = 0; q < queries_.size(); ++q) {
      const QueryOptions options{.k = k, .ef = ef, .filter = &filters[q], .way = Way::scan};
      const QueryResult truth = searcher_->by_vector(queries_[q], options);
      if (truth.hits.empty()) continue;
      farthest[q] = truth.hits.back().distance;
      wanted += truth.hits.size();
    }
    std::array<Sums, ways.size()> sums;
    for (int pass = 0; pass < passes; ++pass) {
      for (std::size_t w = 0; w < ways.size(); ++w) {
        if (pass == 0 || sums[w].all_seconds < long_seconds) {
          measure(ways[w], filters, farthest, wanted, sums[w]);
        }
      }
    }
    double best = 1e9;
    for (std::size_t w = 0; w < 3; ++w) {
      if (sums[w].recall >= 0.95) best = std::min(best, sums[w].seconds);
    }
    for (std::size_t w = 0; w < ways.size(); ++w) {
      std::string taken;
      if (ways[w] == Way::automatic) {
        for (const Way way : {Way::walk, Way::two_hop, Way::scan}) {
          const std::size_t times = sums[w].taken[static_cast<std::size_t>(way)];
          if (times != 0) taken += fmt::format("{} {} ", times, name(way));
        }
        taken += fmt::format("({:.2f} of the best)", sums[w].seconds / best);
      }
      fmt::print("| {} % | {} | {} | {:.4f} | {:.0f} | {:.0f} | {:.1f} | {} |\n", share * 100,
                 correlation_names[static_cast<std::size_t>(correlation)],
                 ways[w] == Way::automatic ? "chosen" : name(ways[w]), sums[w].recall,
                 sums[w].distances, sums[w].hops, sums[w].seconds * 1e6, taken);
    }
    std::fflush(stdout);
  }

  void measure(Way way, const std::vector<graph::Filter>& filters,
               const std::vector<double>& farthest, std::size_t wanted, Sums& sums) {
    cool();
    const std::vector<double> before = std::move(sums.fastest);
    sums = {};
    const auto count = static_cast<double>(queries_.size());
    for (std::size_t q = 0; q < queries_.size(); ++q) {
      const QueryOptions options{.k = k, .ef = ef, .filter = &filters[q], .way = way};
      const double start = benchmarks::thread_seconds();
      const QueryResult result = searcher_->by_vector(queries_[q], options);
      const double took = benchmarks::thread_seconds() - start;
      sums.all_seconds += took;
      sums.fastest.push_back(before.empty() ? took : std::min(took, before[q]));
      sums.seconds += sums.fastest[q] / count;
      sums.distances += static_cast<double>(result.work.distances) / count;
      sums.hops += static_cast<double>(result.work.hops) / count;
      const auto found =
          std::count_if(result.hits.begin(), result.hits.end(),
                        [&](const graph::Hit& hit) { return hit.distance <= farthest[q]; });
      sums.recall +=
          static_cast<double>(found) / static_cast<double>(std::max<std::size_t>(wanted, 1));
      ++sums.taken[static_cast<std::size_t>(result.way)];
    }
  }

  /// Reads what fills the caches, so that no way finds there what the one before it left.
  void cool() {
    for (std::size_t i = 0; i < ballast_.size(); i += 64) sink_ = sink_ + ballast_[i];
  }

  const graph::Reader& reader_;
  const graph::Rows& rows_;
  std::unique_ptr<graph::Reader::Searcher> searcher_;
  std::vector<Bytes> queries_;
  std::vector<unsigned char> ballast_ = std::vector<unsigned char>(std::size_t{128} << 20, 1);
  volatile unsigned sink_ = 0;
  std::vector<std::vector<Slot>> ranks_;  // [query]: all slots, nearest first
};

void run(const std::string& data, std::string_view metric_name, std::size_t most_queries,
         const std::filesystem::path& graph_file) {
  const distance::Metric& metric = distance::metric(metric_name);
  experiments::Dataset dataset = benchmarks::vectors_of(data, metric);
  dataset.test.rows = std::min(dataset.test.rows, most_queries);
  const graph::Rows rows = graph::encode_rows(metric, dataset.train.dimension, dataset.train.data,
                                              dataset.train.rows, 2);
  const std::unique_ptr<kv::Store> store = kv::open_store("memory", {});
  {
    const bool known = !graph_file.empty() && std::filesystem::exists(graph_file);
    const graph::Graph graph =
        known ? experiments::read_graph_file(graph_file) : benchmarks::usual_graph(rows);
    if (!known && !graph_file.empty()) experiments::write_graph_file(graph_file, graph);
    graph::write_index(*store, "main", rows, graph);
  }
  dataset.train.data = {};
  const graph::Reader reader(*store, "main");
  fmt::print("{}: {} x {}, {} queries, k = {}, ef = {}\n\n", dataset.name, rows.size(),
             rows.dimension(), dataset.test.rows, k, ef);
  Table(reader, rows, dataset.test).print();
}

}  // namespace
}  // namespace skerry

int main(int argc, char** argv) {
  if (argc < 3 || argc > 5) {
    fmt::print(stderr, "usage: filter_benchmark DATA METRIC [QUERIES] [GRAPH_FILE]\n");
    return 2;
  }
  try {
    skerry::run(argv[1], argv[2], argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 100,
                argc > 4 ? argv[4] : "");
  } catch (const std::exception& error) {
    fmt::print(stderr, "filter_benchmark: {}\n", error.what());
    return 1;
  }
  return 0;
}
