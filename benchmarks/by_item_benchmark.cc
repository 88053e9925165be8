// The neighbours of an item: by_item(), which starts the walk at the item, against by_vector() with
// the item's vector, which starts at the top and is asked for one hit more. Prints one Markdown
// table; docs/findings.md holds one run.
//
//   by_item_benchmark DATA METRIC [ITEMS]
//
// DATA is a data set's file or a synthetic spec, ITEMS how many of its items are asked for.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "benchmarks/query_setting.h"
#include "experiments/dataset.h"
#include "graph/reader.h"
#include "graph/write_index.h"
#include "kv/open_store.h"

namespace skerry {
namespace {

using graph::QueryOptions;
using graph::QueryResult;
using graph::Way;

constexpr std::size_t k = 10;
// Of each query the fastest pass counts: what else the machine does can only add.
constexpr int passes = 9;

/// What one way of asking gave for each item.
struct Answers {
  std::vector<double> recall{};
  std::vector<double> distances{};
  std::vector<double> fastest{};  // seconds of the processor
};

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Half of the 95 % interval of the mean of the pairs' differences, over items.
double half_interval(const std::vector<double>& a, const std::vector<double>& b) {
  const double center = mean(b) - mean(a);
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squares += std::pow(b[i] - a[i] - center, 2);
  const auto count = static_cast<double>(a.size());
  return 1.96 * std::sqrt(squares / (count - 1) / count);
}

class Comparison {
 public:
  Comparison(const graph::Reader& reader, const experiments::Matrix& vectors, std::size_t items)
      : vectors_(vectors), searcher_(reader.searcher()) {
    // Evenly spread over the data: neighbours in a file may be neighbours in space.
    for (std::size_t i = 0; i < items; ++i) ids_.push_back(i * vectors.rows / items);
    for (const ItemId id : ids_) {
      farthest_.push_back(searcher_->by_item(id, {.k = k, .way = Way::scan})->hits.back().distance);
    }
  }

  void print(std::size_t ef) {
    Answers vector;
    Answers item;
    for (int pass = 0; pass < passes; ++pass) {
      ask(ef, false, vector);
      ask(ef, true, item);
    }
    const double base = mean(vector.distances);
    fmt::print(
        "| {} | {:.4f} | {:.4f} | {:+.4f} +- {:.4f} | {:.0f} | {:.0f} | {:+.1f} % +- {:.1f} "
        "| {:+.0f} % |\n",
        ef, mean(vector.recall), mean(item.recall), mean(item.recall) - mean(vector.recall),
        half_interval(vector.recall, item.recall), base, mean(item.distances),
        100 * (mean(item.distances) / base - 1),
        100 * half_interval(vector.distances, item.distances) / base,
        100 * (mean(item.fastest) / mean(vector.fastest) - 1));
    std::fflush(stdout);
  }

 private:
  void ask(std::size_t ef, bool by_item, Answers& answers) {
    const std::vector<double> before = std::move(answers.fastest);
    answers = {};
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      const ItemId id = ids_[i];
      const QueryOptions options{.k = by_item ? k : k + 1, .ef = ef, .way = Way::walk};
      const double start = benchmarks::thread_seconds();
      const QueryResult result = by_item ? *searcher_->by_item(id, options)
                                         : searcher_->by_vector(vectors_.row(id), options);
      const double took = benchmarks::thread_seconds() - start;
      answers.fastest.push_back(before.empty() ? took : std::min(took, before[i]));
      answers.distances.push_back(static_cast<double>(result.work.distances));
      const auto found = std::count_if(
          result.hits.begin(), result.hits.end(),
          [&](const graph::Hit& hit) { return hit.id != id && hit.distance <= farthest_[i]; });
      answers.recall.push_back(std::min(1.0, static_cast<double>(found) / k));
    }
  }

  const experiments::Matrix& vectors_;
  std::unique_ptr<graph::Reader::Searcher> searcher_;
  std::vector<ItemId> ids_;
  std::vector<double> farthest_;  // distance of the k-th nearest other item
};

void run(const std::string& data, std::string_view metric_name, std::size_t most_items) {
  const distance::Metric& metric = distance::metric(metric_name);
  const experiments::Dataset dataset = benchmarks::vectors_of(data, metric);
  const graph::Rows rows = graph::encode_rows(metric, dataset.train.dimension, dataset.train.data,
                                              dataset.train.rows, 2);
  const std::unique_ptr<kv::Store> store = kv::open_store("memory", {});
  graph::write_index(*store, "main", rows, benchmarks::usual_graph(rows));
  const graph::Reader reader(*store, "main");
  const std::size_t items = std::min(dataset.train.rows, most_items);
  if (items < 2 || rows.size() <= k) {
    throw Error(Code::invalid_argument, "too few items to compare",
                {.expected = fmt::format("2 or more of more than {}", k)});
  }
  fmt::print("{}: {} x {}, {} items, k = {}\n\n", dataset.name, rows.size(), rows.dimension(),
             items, k);
  fmt::print(
      "| ef | recall by_vector | by_item | change | distances by_vector | by_item | change "
      "| processor time |\n|---|---|---|---|---|---|---|---|\n");
  Comparison comparison(reader, dataset.train, items);
  for (const std::size_t ef : {11, 20, 40, 80, 160}) comparison.print(ef);
}

}  // namespace
}  // namespace skerry

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    fmt::print(stderr, "usage: by_item_benchmark DATA METRIC [ITEMS]\n");
    return 2;
  }
  try {
    skerry::run(argv[1], argv[2], argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 1000);
  } catch (const std::exception& error) {
    fmt::print(stderr, "by_item_benchmark: {}\n", error.what());
    return 1;
  }
  return 0;
}
