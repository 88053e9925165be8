#pragma once
// Putting items into a graph: the one implementation, for builds in memory and for updates of a
// stored index.
//
// Items come in batches. Every item of a batch searches the graph as it was before the batch, on
// all threads; then its links, and the reverse links grouped by target, are put in. So the graph
// depends on the seed and the parameters only, never on threads or timing.
// Sources: HNSW (TPAMI 2020) Algorithm 1 for one insertion; ParlayANN (PPoPP 2024), section 3, for
// batches that double ("prefix doubling").

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "graph/build.h"
#include "graph/construction_codes.h"
#include "graph/link_space.h"
#include "graph/link_worker.h"

namespace skerry::graph {

template <LinkSpace Space>
class Linker {
 public:
  using Window = typename Space::Window;
  using Worker = LinkWorker<Window>;

  /// `parameters` are valid and bound to the metric. Walks compare `codes`, of all items, or rows
  /// when null. All must outlive the linker.
  Linker(Space& space, const BuildParameters& parameters, const distance::Metric& metric,
         std::size_t dimension, unsigned top_level, const ConstructionCodes* codes = nullptr)
      : space_(&space),
        parameters_(&parameters),
        kernels_(metric.kernels()),
        dimension_(dimension),
        top_level_(top_level),
        codes_(codes) {
    workers_.reserve(parameters.threads);
    for (unsigned i = 0; i < parameters.threads; ++i) {
      workers_.emplace_back(space.window(i), kernels_, dimension, parameters.pair_memo);
    }
  }

  /// Links the items of `order`, which the space holds with empty lists and to which nothing links
  /// yet, in this order; `before` is the number of items that are linked. Throws Error{cancelled}
  /// and what the space throws; the graph is then half done.
  void insert(std::span<const Slot> order, std::size_t before, const Progress& progress);

  /// The same with policies that the caller fixes by their types, instead of those of `parameters`.
  template <heuristics::SelectionPolicy Selection, heuristics::OverflowPolicy Overflow,
            heuristics::SchedulePolicy Schedule>
  void insert_with(const Selection& selection, const Overflow& overflow, const Schedule& schedule,
                   std::span<const Slot> order, std::size_t before, const Progress& progress);

  /// Highest level of the items that are linked.
  unsigned top_level() const noexcept { return top_level_; }

  /// After items were deleted.
  void set_top_level(unsigned level) noexcept { top_level_ = level; }

  std::span<Worker> workers() noexcept { return workers_; }

  std::span<const Worker> workers() const noexcept { return workers_; }

  distance::Kernels kernels() const noexcept { return kernels_; }

  /// Whether connectivity is `parent`.
  bool ranked() const noexcept { return parameters_->connectivity == Connectivity::parent; }

  /// Makes `holder`, or a descendant where it has no place, the parent of `child`. Between phases.
  void adopt_child(Slot holder, Slot child);

  /// Fills `links` with the distances from `target` to `slots`, in their order.
  void measure(Slot target, std::span<const Slot> slots, Worker& worker,
               std::vector<Neighbor>& links) const;

 private:
  /// Calls insert_batch(batch) on batches of batch_size(done) items, fewer where levels rise.
  template <class BatchSize, class InsertBatch>
  void insert_batches(std::span<const Slot> order, const Progress& progress,
                      const BatchSize& batch_size, const InsertBatch& insert_batch);

  /// The items of one batch: searches, forward links, then reverse links.
  template <class Selection, class Overflow>
  void insert_batch(const Selection& selection, const Overflow& overflow,
                    std::span<const Slot> batch);

  template <class Selection>
  void link_item(const Selection& selection, Slot item, std::uint32_t order, Worker& worker);

  /// `view` and `target`: as the walks see the graph and the item.
  template <class Selection, class View>
  void link_item(const Selection& selection, Slot item, std::uint32_t order, View&& view,
                 const Target& target, Worker& worker);

  /// What the walk left in scratch.beam, with distances by rows.
  std::span<const Neighbor> candidates(Slot item, const Target& target, Worker& worker) const;

  template <class Selection, class Overflow>
  void link_target(const Selection& selection, const Overflow& overflow,
                   std::span<const Incoming> arrivals, Worker& worker);

  void mark_parent(Worker& worker) const;
  void set_parents(std::span<const Slot> batch);
  void place_displaced();

  Space* space_;
  const BuildParameters* parameters_;
  distance::Kernels kernels_;
  std::size_t dimension_;
  unsigned top_level_;
  const ConstructionCodes* codes_;
  std::vector<Worker> workers_;
  std::vector<Incoming> incoming_;
  std::vector<std::size_t> group_starts_;
};

template <LinkSpace Space>
template <class Selection>
void Linker<Space>::link_item(const Selection& selection, Slot item, std::uint32_t order,
                              Worker& worker) {
  Window& window = *worker.window;
  const std::byte* row = window.row(item);
  if (codes_ == nullptr) {
    link_item(selection, item, order, window, {row, kernels_.batch, dimension_}, worker);
  } else {
    link_item(selection, item, order, CodedWindow<Window>(window, codes_->codes()),
              codes_->aim(row, worker.query), worker);
  }
}

template <LinkSpace Space>
std::span<const Neighbor> Linker<Space>::candidates(Slot item, const Target& target,
                                                    Worker& worker) const {
  if (!target.codes) return worker.pool;
  slots_of(worker.pool, worker.slots);
  measure(item, worker.slots, worker, worker.candidates);
  std::sort(worker.candidates.begin(), worker.candidates.end());
  return worker.candidates;
}

template <LinkSpace Space>
template <class Selection, class View>
void Linker<Space>::link_item(const Selection& selection, Slot item, std::uint32_t order,
                              View&& view, const Target& target, Worker& worker) {
  Window& window = *worker.window;
  const unsigned item_top = space_->top_of(item);
  SearchScratch& scratch = worker.scratch;
  const unsigned first = std::min(item_top, top_level_);

  window.check(search_graph(view, target, space_->entry_points(), top_level_, first,
                            parameters_->ef_construction, scratch, worker.search_work,
                            space_->root()));
  for (unsigned level = first;; --level) {
    worker.pool.clear();
    for (std::size_t i = 0; i < scratch.beam.size(); ++i) worker.pool.push_back(scratch.beam[i]);
    worker.around.aim(item, level);
    const std::size_t cap = level == 0 ? parameters_->forward_links : space_->bounds().M;
    selection.select(candidates(item, target, worker), cap, true, worker.around, worker.selected);
    slots_of(worker.selected, worker.slots);
    space_->set_links(level, item, worker.slots);
    for (const Neighbor& chosen : worker.selected) {
      worker.incoming.push_back({chosen.slot, level, order, item, chosen.distance});
    }
    if (level == 0) {
      if (ranked() && !worker.selected.empty()) mark_parent(worker);
      break;
    }
    if (level == 1 && space_->root() != no_slot) {
      window.check(
          add_entry(view, target, space_->root(), worker.pool, scratch, worker.search_work));
    }
    window.check(search_level(view, target, worker.pool, parameters_->ef_construction, level - 1,
                              scratch, worker.search_work));
  }
}

template <LinkSpace Space>
void Linker<Space>::measure(Slot target, std::span<const Slot> slots, Worker& worker,
                            std::vector<Neighbor>& links) const {
  SearchScratch& scratch = worker.scratch;
  scratch.rows.resize(std::max(scratch.rows.size(), slots.size()));
  scratch.distances.resize(std::max(scratch.distances.size(), slots.size()));
  for (std::size_t i = 0; i < slots.size(); ++i) scratch.rows[i] = worker.window->row(slots[i]);
  kernels_.batch(worker.window->row(target), scratch.rows.data(), slots.size(), dimension_,
                 scratch.distances.data());
  worker.list_distances += slots.size();
  links.clear();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    links.push_back({scratch.distances[i], slots[i]});
  }
}

template <LinkSpace Space>
template <class Selection, class Overflow>
void Linker<Space>::link_target(const Selection& selection, const Overflow& overflow,
                                std::span<const Incoming> arrivals, Worker& worker) {
  const Slot target = arrivals.front().target;
  const unsigned level = arrivals.front().level;
  const std::span<const Slot> present = worker.window->list(level, target);
  const std::size_t cap = space_->bounds().at(level);

  worker.slots.assign(present.begin(), present.end());
  const bool with_children = level == 0 && ranked();
  if (present.size() + arrivals.size() <= cap) {
    for (const Incoming& arrival : arrivals) worker.slots.push_back(arrival.source);
    space_->set_links(level, target, worker.slots);
    return;
  }
  // Lists keep no distances (they would double a build's memory), so a full one is measured anew.
  measure(target, worker.slots, worker, worker.links);
  worker.arrivals.clear();
  for (const Incoming& arrival : arrivals) {
    worker.arrivals.push_back({arrival.distance, arrival.source});
  }
  worker.around.aim(target, level);
  const auto select = [&](std::span<const Neighbor> pool, std::vector<Neighbor>& selected) {
    selection.select(pool, cap, false, worker.around, selected);
  };
  if (with_children) {
    worker.pool = worker.links;
    worker.pool.insert(worker.pool.end(), worker.arrivals.begin(), worker.arrivals.end());
  }
  overflow.merge(worker.links, worker.arrivals, cap, select);
  if (with_children) {
    keep_children(*worker.window, target, worker.pool, cap, worker.links, worker.displaced);
  }
  slots_of(worker.links, worker.slots);
  space_->set_links(level, target, worker.slots);
}

template <LinkSpace Space>
template <class Selection, class Overflow>
void Linker<Space>::insert_batch(const Selection& selection, const Overflow& overflow,
                                 std::span<const Slot> batch) {
  const unsigned threads = parameters_->threads;
  for (Worker& worker : workers_) worker.incoming.clear();
  // Nothing links to an item of the batch yet, so its own lists can be written while others search.
  parallel_for(batch.size(), threads, 4, [&](std::size_t begin, std::size_t end, unsigned id) {
    for (std::size_t i = begin; i < end; ++i) {
      link_item(selection, batch[i], static_cast<std::uint32_t>(i), workers_[id]);
    }
  });

  incoming_.clear();
  for (const Worker& worker : workers_) {
    incoming_.insert(incoming_.end(), worker.incoming.begin(), worker.incoming.end());
  }
  std::sort(incoming_.begin(), incoming_.end());
  group_starts_.clear();
  for (std::size_t i = 0; i < incoming_.size(); ++i) {
    if (i == 0 || incoming_[i].target != incoming_[i - 1].target ||
        incoming_[i].level != incoming_[i - 1].level) {
      group_starts_.push_back(i);
      space_->will_write(incoming_[i].level, incoming_[i].target);
    }
  }
  if (ranked()) set_parents(batch);
  const std::size_t groups = group_starts_.size();
  group_starts_.push_back(incoming_.size());
  const std::span<const Incoming> all = incoming_;
  parallel_for(groups, threads, 16, [&](std::size_t begin, std::size_t end, unsigned id) {
    for (std::size_t g = begin; g < end; ++g) {
      link_target(selection, overflow,
                  all.subspan(group_starts_[g], group_starts_[g + 1] - group_starts_[g]),
                  workers_[id]);
    }
  });
  if (ranked()) place_displaced();
}

/// The nearest link that a new item chose is its parent: of lower rank, as all of an earlier batch.
template <LinkSpace Space>
void Linker<Space>::mark_parent(Worker& worker) const {
  const std::size_t count = worker.selected.size();
  const auto first = worker.incoming.end() - static_cast<std::ptrdiff_t>(count);
  const auto nearest =
      std::min_element(first, worker.incoming.end(), [](const Incoming& a, const Incoming& b) {
        return Neighbor{a.distance, a.target} < Neighbor{b.distance, b.target};
      });
  nearest->child = true;
}

template <LinkSpace Space>
void Linker<Space>::set_parents(std::span<const Slot> batch) {
  // Ranks follow the order in the batch.
  for (const Slot item : batch) space_->set_lineage(item, {space_->next_rank(), no_slot});
  for (const Incoming& link : incoming_) {
    if (!link.child) continue;
    space_->set_lineage(link.source, {workers_[0].window->lineage(link.source).rank, link.target});
  }
}

template <LinkSpace Space>
void Linker<Space>::place_displaced() {
  std::vector<Displaced> displaced;
  for (Worker& worker : workers_) {
    displaced.insert(displaced.end(), worker.displaced.begin(), worker.displaced.end());
    worker.displaced.clear();
  }
  std::sort(displaced.begin(), displaced.end());
  for (const Displaced& each : displaced) adopt_child(each.holder, each.child);
}

template <LinkSpace Space>
void Linker<Space>::adopt_child(Slot holder, Slot child) {
  adopt(*space_, holder, child, [&](Slot a, Slot b) { return workers_[0].around.distance(a, b); });
}

template <LinkSpace Space>
template <class BatchSize, class InsertBatch>
void Linker<Space>::insert_batches(std::span<const Slot> order, const Progress& progress,
                                   const BatchSize& batch_size, const InsertBatch& insert_batch) {
  const std::size_t count = order.size();
  std::size_t done = 0;
  std::size_t told = 0;
  while (done < count) {
    if (progress.cancelled()) throw Error(Code::cancelled, "the build was cancelled");
    std::size_t size = std::clamp<std::size_t>(batch_size(done), 1, count - done);
    // An item that raises the top level comes alone: two in one batch would not see each other on
    // the new level.
    const auto rises = [&](Slot slot) { return space_->top_of(slot) > top_level_; };
    const std::span<const Slot> rest = order.subspan(done);
    const bool first = space_->entry_points().empty();
    if (first || rises(rest[0])) {
      size = 1;
    } else {
      const auto riser = std::find_if(rest.begin(), rest.begin() + size, rises);
      size = static_cast<std::size_t>(riser - rest.begin());
    }
    const std::span<const Slot> batch = rest.first(size);
    if (!first) insert_batch(batch);
    if (first && parameters_->connectivity != Connectivity::none) {
      if (ranked()) space_->set_lineage(batch[0], {space_->next_rank(), no_slot});
      space_->set_root(batch[0]);
    }
    if (first || rises(batch[0])) {
      top_level_ = space_->top_of(batch[0]);
      space_->set_entry_points({batch[0]});
    }
    done += size;
    if (done == count || (done - told) * 200 >= count) {
      progress.tell("build", done, count);
      told = done;
    }
  }
}

template <LinkSpace Space>
void Linker<Space>::insert(std::span<const Slot> order, std::size_t before,
                           const Progress& progress) {
  const std::size_t end = before + order.size();
  insert_batches(
      order, progress,
      [&](std::size_t done) {
        return std::visit([&](const auto& schedule) { return schedule.batch(done, end); },
                          parameters_->schedule);
      },
      [&](std::span<const Slot> batch) {
        std::visit([&](const auto& selection,
                       const auto& overflow) { insert_batch(selection, overflow, batch); },
                   parameters_->selection, parameters_->overflow);
      });
}

template <LinkSpace Space>
template <heuristics::SelectionPolicy Selection, heuristics::OverflowPolicy Overflow,
          heuristics::SchedulePolicy Schedule>
void Linker<Space>::insert_with(const Selection& selection, const Overflow& overflow,
                                const Schedule& schedule, std::span<const Slot> order,
                                std::size_t before, const Progress& progress) {
  const std::size_t end = before + order.size();
  insert_batches(
      order, progress, [&](std::size_t done) { return schedule.batch(done, end); },
      [&](std::span<const Slot> batch) { insert_batch(selection, overflow, batch); });
}

}  // namespace skerry::graph
