#include "experiments/stages.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.h"
#include "experiments/graph_file.h"
#include "experiments/ground_truth.h"
#include "experiments/insertion.h"
#include "graph/digest.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

Progress progress_to(const Messages& messages) {
  return {[&messages](std::string_view what, std::size_t done, std::size_t total) {
            messages.send(
                ordered_json{{"kind", "progress"}, {"what", what}, {"done", done}, {"total", total}}
                    .dump());
          },
          nullptr};
}

}  // namespace

void dataset_stage(const StageInput& input, const std::string& metric_name,
                   const Messages& messages) {
  const distance::Metric& metric = distance::metric(metric_name);
  Dataset dataset = load_dataset(input.dataset, metric);
  // The truth is not what is measured: it may use the whole machine.
  ensure_truth(dataset, metric, input.truth_depth, std::thread::hardware_concurrency(),
               progress_to(messages));
  messages.send(ordered_json{{"kind", "dataset"},
                             {"name", dataset.name},
                             {"n", dataset.train.rows},
                             {"dimension", dataset.train.dimension},
                             {"queries", dataset.test.rows},
                             {"hash", dataset.hash}}
                    .dump());
}

void graph_stage(const StageInput& input, const Settings& settings,
                 const std::filesystem::path& file, const Messages& messages) {
  const distance::Metric& metric = distance::metric(settings.word("metric"));
  const Dataset dataset = load_dataset(input.dataset, metric);
  const graph::BuildParameters parameters = build_parameters(settings);
  const std::vector<Slot> order =
      insertion_order(settings.word("insertion"), dataset, metric, parameters.threads);
  const auto start = std::chrono::steady_clock::now();
  const graph::Rows rows = graph::encode_rows(metric, dataset.train.dimension, dataset.train.data,
                                              dataset.train.rows, parameters.threads);
  graph::Builder builder(rows, parameters);
  if (order.empty()) {
    builder.insert_until(rows.size(), progress_to(messages));
  } else {
    builder.insert_in_order(order, progress_to(messages));
  }
  const graph::BuildWork work = builder.work();
  const graph::Graph graph = builder.take();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  write_graph_file(file, graph);
  messages.send(ordered_json{{"kind", "graph"},
                             {"seconds", took.count()},
                             {"distances", work.search_distances + work.selection_distances},
                             {"digest", graph::graph_digest(graph)}}
                    .dump());
}

}  // namespace skerry::experiments
