#include "experiments/stages.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/parallel.h"
#include "experiments/graph_file.h"
#include "experiments/ground_truth.h"
#include "experiments/make_graph.h"
#include "graph/digest.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

Progress progress_to(const Messages& messages) {
  return {[&messages](std::string_view what, std::size_t done, std::size_t total) {
            messages.send(
                ordered_json{{"kind", "progress"}, {"what", what}, {"done", done}, {"total", total}}
                    .dump());
          },
          nullptr};
}

void dataset_stage(const StageInput& input, const std::string& metric_name,
                   const Messages& messages) {
  const distance::Metric& metric = distance::metric(metric_name);
  Dataset dataset = load_dataset(input.dataset, metric);
  // The truth is not what is measured: it may use the whole machine.
  ensure_truth(dataset, metric, input.truth_depth, machine_threads(), progress_to(messages));
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
  Dataset dataset = load_dataset(input.dataset, metric);
  const MadeGraph made = make_graph(settings, std::move(dataset), metric, progress_to(messages));
  write_graph_file(file, made.graph);
  messages.send(ordered_json{
      {"kind", "graph"},
      {"seconds", made.seconds},
      {"distances", made.work.search_distances + made.work.selection_distances},
      {"code_distances", made.work.code_distances},
      {"pair_memo_lookups", made.work.memo_lookups},
      {"pair_memo_hits", made.work.memo_hits},
      {"digest", graph::graph_digest(made.graph)},
      {"notes",
       made.notes}}.dump());
}

}  // namespace skerry::experiments
