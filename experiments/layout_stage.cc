// The third of the stages in stages.h: a store, and the searches in it.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/parallel.h"
#include "experiments/churn.h"
#include "experiments/describe_layout.h"
#include "experiments/graph_file.h"
#include "experiments/ground_truth.h"
#include "experiments/point_runner.h"
#include "experiments/stages.h"
#include "graph/codes.h"
#include "graph/write_index.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

/// The graph of the file, in a store.
OpenLayout write_layout(const Settings& settings, const Dataset& dataset,
                        const distance::Metric& metric, const std::filesystem::path& file,
                        const std::filesystem::path& path) {
  const unsigned threads = machine_threads();
  const graph::Graph graph = read_graph_file(file);
  const graph::Rows rows = graph::encode_rows(metric, dataset.train.dimension, dataset.train.data,
                                              dataset.train.rows, threads);
  return {settings, path, [&](kv::Store& store) {
            graph::write_index(store, OpenLayout::index_name, rows, graph,
                               {.codec = &graph::link_codec(settings.word("codec")),
                                .layout = graph::Layout::parse(settings.word("layout")),
                                .encoding = graph::find_encoding(settings.word("encoding"), metric,
                                                                 dataset.train.dimension),
                                .order = &graph::order(settings.word("order")),
                                .via = graph::Via::parse(settings.word("via")),
                                .seed = static_cast<std::uint64_t>(settings.number("seed")),
                                .threads = threads});
          }};
}

/// An index over the same items that came to them by churn; `churned` is what it tells of that.
OpenLayout churn_layout(const LayoutPlan& plan, const ChurnVia& via, const StageInput& input,
                        const Dataset& dataset, const distance::Metric& metric,
                        const std::filesystem::path& path, const Progress& progress,
                        ordered_json& churned) {
  const Settings& settings = plan.settings();
  const std::size_t items = dataset.train.rows;
  DatasetRequest request = input.dataset;
  request.limit = 2 * items;  // as many are held back, where there are as many
  const Dataset all = load_vectors(request, metric);
  ChurnWork work{.via = via,
                 .index = churned_index(settings, via, dataset.train.dimension),
                 .threads = static_cast<unsigned>(settings.number("build_threads")),
                 .searches = {}};
  for (const Settings& point : plan.points) {
    work.searches.emplace_back(point.number("k"), point.number("ef"));
  }
  std::sort(work.searches.begin(), work.searches.end());
  work.searches.erase(std::unique(work.searches.begin(), work.searches.end()), work.searches.end());
  return {settings, path, [&](kv::Store& store) {
            churned = churn_index(store, OpenLayout::index_name, work, items, all.train,
                                  dataset.test, progress);
          }};
}

}  // namespace

void layout_stage(const StageInput& input, const LayoutPlan& plan, const RowFiles& files,
                  const std::filesystem::path& file, const std::string& digest,
                  const std::filesystem::path& path, const Messages& messages) {
  const Settings& settings = plan.settings();
  const distance::Metric& metric = distance::metric(settings.word("metric"));
  Dataset dataset = load_dataset(input.dataset, metric);
  ensure_truth(dataset, metric, input.truth_depth, machine_threads());
  ordered_json churned;
  const std::optional<ChurnVia> churn = ChurnVia::parse(settings.word("via"));
  OpenLayout layout = churn ? churn_layout(plan, *churn, input, dataset, metric, path,
                                           progress_to(messages), churned)
                            : write_layout(settings, dataset, metric, file, path);
  ordered_json described;
  if (churn) {
    described = layout.describe();
    described["seconds"] = churned.at("seconds");  // without those that describe the rounds
    described["churn"] = std::move(churned);
  } else {
    described = layout.describe(digest);
  }
  add_compacted(described, layout.compacted());
  messages.send(described.dump());
  PointRunner(plan, layout, dataset, metric, files, messages).run();
}

}  // namespace skerry::experiments
