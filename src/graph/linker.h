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

// The rest of the class, of which a compiler must see the bodies.
#include "graph/link_item.h"
#include "graph/link_parents.h"
#include "graph/link_target.h"
