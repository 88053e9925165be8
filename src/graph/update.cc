#include "graph/update.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/spec.h"

namespace skerry::graph {

namespace {

constexpr std::array<std::string_view, 3> in_links_words = {"symmetric", "search", "reverse"};

}  // namespace

InLinks in_links(std::string_view name) {
  for (std::size_t i = 0; i < in_links_words.size(); ++i) {
    if (in_links_words[i] == name) return static_cast<InLinks>(i);
  }
  throw Error(Code::invalid_argument, unknown_name("way to find in-links", name, in_links_words));
}

std::span<const std::string_view> in_links_names() { return in_links_words; }

UpdateParameters UpdateParameters::of(const Meta& meta, unsigned threads) {
  UpdateParameters parameters;
  BuildParameters& build = parameters.build;
  build.bounds = meta.bounds;
  build.forward_links = meta.build.forward_links == 0 ? meta.bounds.M0 : meta.build.forward_links;
  build.ef_construction = meta.build.ef_construction;
  build.selection = heuristics::selection(meta.build.selection);
  build.overflow = heuristics::overflow(meta.build.overflow);
  build.levels = heuristics::levels(meta.build.levels);
  build.schedule = heuristics::schedule(meta.build.schedule);
  build.seed = meta.seed;
  build.threads = threads;
  const distance::Metric& metric = distance::metric(meta.metric);
  build = bound(build, metric);
  parameters.repair = heuristics::repair(meta.build.repair);
  heuristics::bind(parameters.repair, {metric.name, metric.non_negative, metric.power});
  parameters.in_links = graph::in_links(meta.build.in_links);
  return parameters;
}

Update::Update(LiveGraph& graph, const UpdateParameters& parameters, const distance::Metric& metric,
               std::size_t dimension)
    : graph_(&graph),
      parameters_(&parameters),
      metric_(&metric),
      dimension_(dimension),
      linker_(graph, parameters.build, metric, dimension, graph.meta().top_level) {}

void Update::insert(std::vector<Slot> slots, std::uint64_t seed, const Progress& progress) {
  Random random(seed);
  shuffle(slots, random);
  linker_.insert(slots, graph_->meta().slots - slots.size(), progress);
}

void Update::find_stale(Slot slot, Worker& worker, std::vector<Stale>& stale) const {
  LiveGraph::Window& window = *worker.window;
  const unsigned levels = graph_->levels_of(slot);
  std::vector<Slot> sources;
  for (unsigned level = 0; level < levels; ++level) {
    if (parameters_->in_links == InLinks::reverse) {
      for (const Slot source : graph_->in_links(level, slot)) {
        stale.push_back({level, source, slot});
      }
      continue;
    }
    if (parameters_->in_links == InLinks::search) {
      const Target target{window.row(slot), linker_.kernels().batch, dimension_};
      window.check(search_graph(window, target, graph_->entry_points(), graph_->meta().top_level,
                                level, parameters_->build.ef_construction, worker.scratch,
                                worker.search_work));
      sources.clear();
      const Beam& beam = worker.scratch.beam;
      for (std::size_t i = 0; i < beam.size(); ++i) sources.push_back(beam[i].slot);
    } else {
      const std::span<const Slot> links = window.list(level, slot);
      sources.assign(links.begin(), links.end());
    }
    for (const Slot source : sources) {
      const std::span<const Slot> links = window.list(level, source);
      if (std::find(links.begin(), links.end(), slot) != links.end()) {
        stale.push_back({level, source, slot});
      }
    }
  }
}

void Update::mend_list(const heuristics::AnyRepair& repair, std::span<const Stale> lost,
                       const SlotSet& leaving, Worker& worker) {
  LiveGraph::Window& window = *worker.window;
  const unsigned level = lost.front().level;
  const Slot source = lost.front().source;
  std::vector<Slot> left;
  for (const Slot target : window.list(level, source)) {
    if (!leaving.contains(target)) left.push_back(target);
  }
  std::vector<Slot> offered;
  for (const Stale& link : lost) {
    if (graph_->dead().vacant(link.target)) continue;
    for (const Slot target : window.list(level, link.target)) {
      if (target != source && !leaving.contains(target)) offered.push_back(target);
    }
  }
  std::sort(offered.begin(), offered.end());
  offered.erase(std::unique(offered.begin(), offered.end()), offered.end());
  std::erase_if(offered,
                [&](Slot slot) { return std::find(left.begin(), left.end(), slot) != left.end(); });
  std::vector<Neighbor>& links = worker.links;
  linker_.measure(source, left, worker, links);
  linker_.measure(source, offered, worker, worker.pool);
  std::sort(links.begin(), links.end());
  std::sort(worker.pool.begin(), worker.pool.end());
  worker.around.aim(source, level);
  heuristics::Orphaned orphaned{links, worker.pool, lost.size(), graph_->bounds().at(level)};
  std::visit([&](const auto& policy) { policy.repair(orphaned, worker.around); }, repair);
  slots_of(links, worker.slots);
  graph_->set_links(level, source, worker.slots);
}

void Update::mend(const heuristics::AnyRepair& repair, std::vector<Stale> stale,
                  const SlotSet& leaving, const Progress& progress) {
  std::erase_if(stale, [&](const Stale& link) { return leaving.contains(link.source); });
  std::sort(stale.begin(), stale.end());
  stale.erase(std::unique(stale.begin(), stale.end()), stale.end());
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < stale.size(); ++i) {
    if (i > 0 && stale[i].level == stale[i - 1].level && stale[i].source == stale[i - 1].source) {
      continue;
    }
    starts.push_back(i);
    graph_->will_write(stale[i].level, stale[i].source);
  }
  const std::size_t lists = starts.size();
  starts.push_back(stale.size());
  const std::span<const Stale> all = stale;
  parallel_for(lists, parameters_->build.threads, 8,
               [&](std::size_t begin, std::size_t end, unsigned id) {
                 if (progress.cancelled()) throw Error(Code::cancelled, "the update was cancelled");
                 for (std::size_t i = begin; i < end; ++i) {
                   mend_list(repair, all.subspan(starts[i], starts[i + 1] - starts[i]), leaving,
                             linker_.workers()[id]);
                 }
               });
}

void Update::erase(std::span<const Slot> slots, const Progress& progress) {
  const bool keeps =
      std::visit([](const auto& policy) { return policy.keeps_item; }, parameters_->repair);
  if (keeps) {
    for (const Slot slot : slots) graph_->bury(slot);
    return;
  }
  SlotSet leaving;
  for (const Slot slot : slots) leaving.insert(slot);
  std::vector<std::vector<Stale>> found(parameters_->build.threads);
  parallel_for(slots.size(), parameters_->build.threads, 4,
               [&](std::size_t begin, std::size_t end, unsigned id) {
                 if (progress.cancelled()) throw Error(Code::cancelled, "the update was cancelled");
                 for (std::size_t i = begin; i < end; ++i) {
                   find_stale(slots[i], linker_.workers()[id], found[id]);
                 }
               });
  std::vector<Stale> stale;
  for (const std::vector<Stale>& each : found) stale.insert(stale.end(), each.begin(), each.end());
  mend(parameters_->repair, std::move(stale), leaving, progress);
  for (const Slot slot : slots) graph_->remove(slot, parameters_->in_links != InLinks::reverse);
  graph_->renew_entry_points();
  linker_.set_top_level(graph_->meta().top_level);
}

void Update::consolidate(const heuristics::AnyRepair& repair, const Progress& progress) {
  SlotSet leaving;
  std::vector<Slot> tombstones;
  std::vector<Slot> gone;
  std::vector<Stale> stale;
  const DeadSlots& dead = graph_->dead();
  for (std::size_t i = 0; i < graph_->meta().slots; ++i) {
    const auto slot = static_cast<Slot>(i);
    if (dead.gone.contains(slot)) gone.push_back(slot);
    if (dead.tombstones.contains(slot)) tombstones.push_back(slot);
    if (dead.gone.contains(slot) || dead.tombstones.contains(slot)) leaving.insert(slot);
  }
  for (std::size_t i = 0; i < graph_->meta().slots; ++i) {
    if (i % 1000 == 0) {
      if (progress.cancelled()) throw Error(Code::cancelled, "consolidating was cancelled");
      progress.tell("consolidate", i, graph_->meta().slots);
    }
    const auto slot = static_cast<Slot>(i);
    if (dead.vacant(slot)) continue;
    for (const auto& [level, target] : graph_->links_to(slot, leaving)) {
      stale.push_back({level, slot, target});
    }
  }
  mend(repair, std::move(stale), leaving, progress);
  for (const Slot slot : tombstones) graph_->remove(slot, false);
  for (const Slot slot : gone) graph_->set_free(slot);
  graph_->renew_entry_points();
  linker_.set_top_level(graph_->meta().top_level);
}

}  // namespace skerry::graph
