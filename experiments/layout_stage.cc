// The third of the stages in stages.h: a store, and the searches in it.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.h"
#include "experiments/describe_layout.h"
#include "experiments/graph_file.h"
#include "experiments/ground_truth.h"
#include "experiments/measure.h"
#include "experiments/query_rows.h"
#include "experiments/stages.h"
#include "graph/digest.h"
#include "graph/write_index.h"
#include "kv/open_store.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr std::string_view index_name = "main";

/// Writes the index; a persistent store is closed and opened again, as a reader would find it.
std::unique_ptr<kv::Store> make_store(const Settings& settings, const std::filesystem::path& path,
                                      const graph::Rows& rows, const graph::Graph& graph,
                                      double& seconds) {
  const std::string& kind = settings.word("store");
  std::unique_ptr<kv::Store> store = kv::open_store(kind, {.path = path, .create = true});
  const auto start = std::chrono::steady_clock::now();
  const graph::WriteOptions options{.codec = &graph::link_codec(settings.word("codec")),
                                    .layout = graph::Layout::parse(settings.word("layout")),
                                    .order = &graph::order(settings.word("order")),
                                    .via = graph::Via::parse(settings.word("via")),
                                    .seed = static_cast<std::uint64_t>(settings.number("seed")),
                                    .threads = std::max(1U, std::thread::hardware_concurrency())};
  graph::write_index(*store, index_name, rows, graph, options);
  store->sync();
  seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const kv::Traits traits = store->traits();
  if (!traits.persistent) return store;
  store.reset();
  // A store whose views do not last as long as the snapshot gives lasting ones when read-only.
  const bool read_only = traits.view_life == kv::ViewLife::scope;
  return kv::open_store(kind, {.path = path, .read_only = read_only});
}

/// Checks that the store gives back the graph that was built, and measures it.
ordered_json checked_layout(kv::Store& store, const std::string& digest, double seconds) {
  const graph::StoredIndex index(store, index_name);
  const graph::Graph stored = index.load_graph();
  const std::string found = graph::graph_digest(stored, index.ids());
  if (found != digest || index.meta().digest != digest) {
    throw Error(
        Code::corrupt, "the store does not give back the graph that was written",
        {.expected = digest, .found = found == digest ? index.meta().digest + " (meta)" : found});
  }
  ordered_json described = describe_layout(store, index, stored);
  described["kind"] = "layout";
  described["seconds"] = seconds;
  described["disk_bytes"] = store.size_on_disk();
  return described;
}

/// Searches the points of one layout.
class PointRunner {
 public:
  PointRunner(const LayoutPlan& plan, kv::Store& store, const Dataset& dataset,
              const distance::Metric& metric, const Messages& messages)
      : plan_(&plan), store_(&store), dataset_(&dataset), metric_(&metric), messages_(&messages) {}

  /// The points at these places of the plan, which share a view.
  void run(std::string_view view, const std::vector<std::size_t>& places) {
    std::vector<Counted> counted;
    for (const std::size_t place : places) counted.push_back(count(view, place));
    const graph::Reader reader(*store_, index_name, view);
    std::vector<TimedPasses> timed;
    std::int64_t most = 0;
    for (const std::size_t place : places) {
      const Settings& settings = plan_->points[place];
      timed.emplace_back(options(settings), dataset_->test,
                         static_cast<unsigned>(settings.number("threads")));
      most = std::max(most, settings.number("repetitions"));
    }
    warm_up(reader, view, places);
    // Machines drift: a repetition of every point comes before the next one of any.
    for (std::int64_t repetition = 0; repetition < most; ++repetition) {
      for (std::size_t i = 0; i < places.size(); ++i) {
        if (repetition >= plan_->points[places[i]].number("repetitions")) continue;
        announce("search", places[i]);
        timed[i].run(reader);
      }
    }
    const graph::Reader::Resident resident = reader.resident();
    for (std::size_t i = 0; i < places.size(); ++i) {
      announce("split", places[i]);
      const TimeSplit split = split_pass(reader, options(plan_->points[places[i]]), dataset_->test);
      ordered_json& record = counted[i].record;
      add_times(record, timed[i]);
      record["time_split_us"] = {{"store", split.store},
                                 {"decode", split.decode},
                                 {"distance", split.distance},
                                 {"heap", split.heap}};
      record["resident"] = {{"links", resident.links},
                            {"vectors", resident.vectors},
                            {"codes", resident.codes},
                            {"tables", resident.tables}};
      messages_->send(record.dump());
    }
  }

 private:
  /// One pass of the widest search, which meets the records of the others. The counting passes have
  /// warmed the store and the system's cache, which is all that `direct` has to be warm.
  void warm_up(const graph::Reader& reader, std::string_view view,
               const std::vector<std::size_t>& places) const {
    if (view == "direct") return;
    const std::size_t widest =
        *std::max_element(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
          return plan_->points[a].number("ef") < plan_->points[b].number("ef");
        });
    announce("warm-up", widest);
    TimedPasses(options(plan_->points[widest]), dataset_->test, 1).run(reader);
  }

  static graph::SearchOptions options(const Settings& settings) {
    return {.k = static_cast<std::size_t>(settings.number("k")),
            .ef = static_cast<std::size_t>(settings.number("ef")),
            .scan = settings.word("traversal") == "scan"};
  }

  /// Tells the parent what runs now, so that it can say so if this process dies.
  void announce(std::string_view what, std::size_t place) const {
    messages_->send(ordered_json{{"kind", "at"}, {"what", what}, {"point", place}}.dump());
  }

  /// What the counting pass of a point gives: the record so far, and a row for each query.
  struct Counted {
    ordered_json record;
    std::vector<QueryRow> rows;
  };

  Counted count(std::string_view view, std::size_t place) const {
    announce("count", place);
    const graph::SearchOptions wanted = options(plan_->points[place]);
    const std::vector<CountedQuery> pass =
        count_pass(*store_, index_name, view, wanted, dataset_->test);
    std::vector<Recall> recalls;
    std::vector<QueryRow> rows;
    CountedQuery sum;
    for (std::size_t i = 0; i < pass.size(); ++i) {
      const CountedQuery& query = pass[i];
      const Recall recall = recall_of(*dataset_, *metric_, i, query.ids, wanted.k);
      recalls.push_back(recall);
      rows.push_back({.query = static_cast<std::uint32_t>(i),
                      .hits = static_cast<std::uint16_t>(recall.hits),
                      .hits_tie = static_cast<std::uint16_t>(recall.hits_tie),
                      .returned = static_cast<std::uint16_t>(query.ids.size()),
                      .distances = static_cast<std::uint32_t>(query.distances),
                      .hops = static_cast<std::uint32_t>(query.hops),
                      .gets = static_cast<std::uint32_t>(query.gets),
                      .bytes = query.bytes,
                      .latency_ns = {}});
      sum.distances += query.distances;
      sum.hops += query.hops;
      sum.gets += query.gets;
      sum.bytes += query.bytes;
    }
    const auto per_query = [&](std::uint64_t total) {
      return static_cast<double>(total) / static_cast<double>(pass.size());
    };
    const RecallSummary recall = summarize(recalls);
    return {{{"kind", "point"},
             {"point", place},
             {"recall",
              {{"strict", recall.strict},
               {"tie", recall.tie},
               {"p5", recall.p5},
               {"worst5_mean", recall.worst5_mean},
               {"returned_lt_k", recall.returned_lt_k}}},
             {"work",
              {{"distances", per_query(sum.distances)},
               {"code_distances", 0.0},
               {"hops", per_query(sum.hops)},
               {"gets", per_query(sum.gets)},
               {"bytes", per_query(sum.bytes)}}}},
            std::move(rows)};
  }

  static void add_times(ordered_json& record, const TimedPasses& timed) {
    const TimedPasses::Rate rate = timed.rate();
    const TimedPasses::Latency latency = timed.latency();
    record["qps"] = {{"median", rate.median}, {"min", rate.min}, {"max", rate.max}};
    record["latency_us"] = {{"p50", latency.p50}, {"p95", latency.p95}, {"p99", latency.p99}};
  }

  const LayoutPlan* plan_;
  kv::Store* store_;
  const Dataset* dataset_;
  const distance::Metric* metric_;
  const Messages* messages_;
};

}  // namespace

void layout_stage(const StageInput& input, const LayoutPlan& plan,
                  const std::filesystem::path& file, const std::string& digest,
                  const std::filesystem::path& path, const Messages& messages) {
  const Settings& settings = plan.settings();
  const distance::Metric& metric = distance::metric(settings.word("metric"));
  Dataset dataset = load_dataset(input.dataset, metric);
  ensure_truth(dataset, metric, input.truth_depth, std::thread::hardware_concurrency());

  double seconds = 0;
  std::unique_ptr<kv::Store> store;
  {
    const graph::Graph graph = read_graph_file(file);
    const graph::Rows rows =
        graph::encode_rows(metric, dataset.train.dimension, dataset.train.data, dataset.train.rows,
                           std::thread::hardware_concurrency());
    store = make_store(settings, path, rows, graph, seconds);
  }
  messages.send(checked_layout(*store, digest, seconds).dump());

  std::vector<std::pair<std::string, std::vector<std::size_t>>> by_view;
  for (std::size_t place = 0; place < plan.points.size(); ++place) {
    const std::string& view = plan.points[place].word("view");
    const auto known = std::find_if(by_view.begin(), by_view.end(),
                                    [&](const auto& group) { return group.first == view; });
    if (known == by_view.end()) {
      by_view.push_back({view, {place}});
    } else {
      known->second.push_back(place);
    }
  }
  PointRunner runner(plan, *store, dataset, metric, messages);
  for (const auto& [view, places] : by_view) {
    try {
      runner.run(view, places);
    } catch (const Error& error) {
      messages.send(
          ordered_json{{"kind", "failed"}, {"points", places}, {"why", error.what()}}.dump());
    }
  }
}

}  // namespace skerry::experiments
