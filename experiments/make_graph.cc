#include "experiments/make_graph.h"

#include <chrono>

#include "experiments/graphs/import.h"
#include "experiments/insertion.h"
#include "experiments/plan.h"

namespace skerry::experiments {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

MadeGraph make_graph(const Settings& settings, const Dataset& dataset,
                     const distance::Metric& metric, const Progress& progress) {
  if (settings.word("graph") != "build") {
    const auto start = Clock::now();
    ImportedGraph imported = import_graph(settings.word("graph"), dataset.train, metric);
    return {.graph = std::move(imported.graph),
            .seconds = seconds_since(start),
            .notes = std::move(imported.notes)};
  }
  const graph::BuildParameters parameters = build_parameters(settings);
  const std::vector<Slot> order =
      insertion_order(settings.word("insertion"), dataset, metric, parameters.threads);
  const auto start = Clock::now();
  const graph::Rows rows = graph::encode_rows(metric, dataset.train.dimension, dataset.train.data,
                                              dataset.train.rows, parameters.threads);
  graph::Builder builder(rows, parameters);
  if (order.empty()) {
    builder.insert_until(rows.size(), progress);
  } else {
    builder.insert_in_order(order, progress);
  }
  const graph::BuildWork work = builder.work();
  graph::Graph graph = builder.take();
  return {.graph = std::move(graph), .seconds = seconds_since(start), .work = work};
}

}  // namespace skerry::experiments
