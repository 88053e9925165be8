// The third of the stages in stages.h: a store, and the searches in it.

#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "experiments/describe_layout.h"
#include "experiments/graph_file.h"
#include "experiments/ground_truth.h"
#include "experiments/point_runner.h"
#include "experiments/stages.h"

namespace skerry::experiments {

void layout_stage(const StageInput& input, const LayoutPlan& plan, const RowFiles& files,
                  const std::filesystem::path& file, const std::string& digest,
                  const std::filesystem::path& path, const Messages& messages) {
  const Settings& settings = plan.settings();
  const distance::Metric& metric = distance::metric(settings.word("metric"));
  Dataset dataset = load_dataset(input.dataset, metric);
  ensure_truth(dataset, metric, input.truth_depth, std::thread::hardware_concurrency());
  std::optional<OpenLayout> layout;
  {
    const graph::Graph graph = read_graph_file(file);
    const graph::Rows rows =
        graph::encode_rows(metric, dataset.train.dimension, dataset.train.data, dataset.train.rows,
                           std::thread::hardware_concurrency());
    layout.emplace(settings, path, rows, graph);
  }
  nlohmann::ordered_json described = layout->describe(digest);
  add_compacted(described, layout->compacted());
  messages.send(described.dump());
  PointRunner(plan, *layout, dataset, metric, files, messages).run();
}

}  // namespace skerry::experiments
