#include "graph/update.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/error.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/spec.h"
#include "graph/reachability.h"

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
  build.connectivity = connectivity(meta.build.connectivity);
  build.construction = construction(meta.build.construction);
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
  reach_all();
}

void Update::reach_all() {
  if (parameters_->build.connectivity != Connectivity::bfs_repair) return;
  Reachability(*graph_, linker_, dimension_, parameters_->build.ef_construction).repair();
}

/// The live children of items on their way out, by ascending rank.
std::vector<Update::Orphan> Update::orphans(std::span<const Slot> leaving_slots,
                                            const SlotSet& leaving) {
  std::vector<Orphan> orphans;
  if (!linker_.ranked()) return orphans;
  LiveGraph::Window& window = graph_->window(0);
  std::vector<Slot> links;
  for (const Slot slot : leaving_slots) {
    const std::span<const Slot> list = window.list(0, slot);
    links.assign(list.begin(), list.end());
    for (const Slot child : links) {
      const Lineage lineage = window.lineage(child);
      if (lineage.parent != slot || leaving.contains(child)) continue;
      Orphan orphan{lineage.rank, child, {}};
      std::copy_if(links.begin(), links.end(), std::back_inserter(orphan.offered),
                   [&](Slot other) { return other != child && !leaving.contains(other); });
      // The nearest ancestor that stays, if any does.
      Slot ancestor = window.lineage(slot).parent;
      while (ancestor != no_slot && leaving.contains(ancestor)) {
        ancestor = window.lineage(ancestor).parent;
      }
      if (ancestor != no_slot) orphan.offered.push_back(ancestor);
      orphans.push_back(std::move(orphan));
    }
  }
  std::sort(orphans.begin(), orphans.end());
  return orphans;
}

/// Gives orphans new parents, after the lists are mended and the deleted are gone. The item of
/// lowest rank that is left is an orphan if the root is gone, and takes its place.
void Update::place_orphans(const std::vector<Orphan>& orphans) {
  LiveGraph::Window& window = graph_->window(0);
  if (graph_->root() != no_slot && graph_->dead().vacant(graph_->root())) {
    graph_->set_root(orphans.empty() ? no_slot : orphans.front().child);
  }
  for (const Orphan& orphan : orphans) {
    if (orphan.child == graph_->root()) {
      graph_->set_lineage(orphan.child, {orphan.rank, no_slot});
      continue;
    }
    std::vector<Slot> offered = orphan.offered;
    const std::span<const Slot> own = window.list(0, orphan.child);
    offered.insert(offered.end(), own.begin(), own.end());
    offered.push_back(graph_->root());
    std::erase_if(offered, [&](Slot slot) {
      return slot == orphan.child || window.lineage(slot).rank >= orphan.rank;
    });
    std::vector<Neighbor> near;
    linker_.measure(orphan.child, offered, linker_.workers()[0], near);
    linker_.adopt_child(std::min_element(near.begin(), near.end())->slot, orphan.child);
  }
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
  const std::size_t most = graph_->bounds().at(level);
  const std::vector<Neighbor> before = links;
  heuristics::Orphaned orphaned{links, worker.pool, lost.size(), most};
  std::visit([&](const auto& policy) { policy.repair(orphaned, worker.around); }, repair);
  if (level == 0 && linker_.ranked()) {
    keep_children(window, source, before, most, links, worker.displaced);
  }
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
  const std::vector<Orphan> left = orphans(slots, leaving);
  mend(parameters_->repair, std::move(stale), leaving, progress);
  for (const Slot slot : slots) graph_->remove(slot, parameters_->in_links != InLinks::reverse);
  settle(left);
}

void Update::settle(const std::vector<Orphan>& orphans) {
  graph_->renew_entry_points();
  linker_.set_top_level(graph_->meta().top_level);
  if (linker_.ranked()) {
    place_orphans(orphans);
  } else if (graph_->root() != no_slot && graph_->dead().vacant(graph_->root())) {
    const std::span<const Slot> entries = graph_->entry_points();
    graph_->set_root(entries.empty() ? no_slot : entries.front());
  }
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
  const std::vector<Orphan> left = orphans(tombstones, leaving);
  mend(repair, std::move(stale), leaving, progress);
  for (const Slot slot : tombstones) graph_->remove(slot, false);
  for (const Slot slot : gone) graph_->set_free(slot);
  settle(left);
  reach_all();
}

}  // namespace skerry::graph
