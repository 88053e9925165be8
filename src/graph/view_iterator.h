#pragma once
// NearestItems on one view.

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/error.h"
#include "graph/answer.h"
#include "graph/filtered_search.h"
#include "graph/nearest_items.h"
#include "graph/plan_query.h"
#include "graph/stored_index.h"

namespace skerry::graph {

template <GraphView View>
class ViewIterator final : public NearestItems {
 public:
  /// `row`: the query, encoded. `ids` as IdMap::load() gives them, or empty.
  ViewIterator(const StoredIndex& index, View view, std::span<const ItemId> ids,
               const QueryCosts& costs, std::vector<std::byte> row, const IterateOptions& options)
      : index_(&index),
        view_(std::move(view)),
        ids_(ids),
        costs_(costs),
        row_(std::move(row)),
        options_(options),
        everything_(index),
        kernel_(index.metric().kernels().batch) {}

  QueryResult next(std::size_t count) override {
    if (count == 0)
      throw Error(Code::invalid_argument, "0 items were asked for; ask for 1 or more");
    QueryResult result;
    LimitWatch limits(options_.limits, result.work);
    const Target target{row_.data(), kernel_, index_->meta().dimension};
    Explorer<View> explorer(view_, target, limits, scratch_, result.work);
    const Code code = gather(count, explorer, result.work);
    if (code != Code::ok && code != Code::cancelled) {
      throw record_error(*index_, view_.failure(), code);
    }
    spent_ += costs_.of(result.work);
    std::vector<Neighbor> batch;
    while (!waiting_.empty() && batch.size() < count) batch.push_back(waiting_.pop());
    take_hits(*index_, ids_, batch, count, result.hits);
    result.way = scanned_ ? Way::scan : Way::walk;
    result.scan = reason_;
    result.stopped = limits.stopped();
    result.exact = scanned_;
    result.fewer_than_k = result.hits.size() < count;
    return result;
  }

 private:
  const Filter& filter() const {
    return options_.filter != nullptr ? *options_.filter : everything_;
  }

  /// Goes on until the nearest `count` that wait are settled: until no node that could be expanded
  /// is nearer than the ef-th of them.
  Code gather(std::size_t count, Explorer<View>& explorer, const SearchWork& work) {
    if (scanned_) return Code::ok;
    if (reason_ != ScanReason::none) return scan_rest(explorer, reason_);  // a limit cut it short
    const std::size_t window = std::min(std::max(count, options_.ef), view_.size());
    scratch_.beam.reset(window);
    for (const Neighbor& neighbor : waiting_.items()) {
      scratch_.beam.insert(neighbor.distance, neighbor.slot);
    }
    const QueryShape shape = query_shape(*index_, filter(), window);
    const double scan = scan_cost(shape, costs_);
    if (!entered_) {
      if (scan <= walk_cost(shape, shape.share(), costs_)) {
        return scan_rest(explorer, ScanReason::cheaper);
      }
      if (const Code code = enter(explorer); code != Code::ok) return code;
    }
    while (!frontier_.empty()) {
      if (scratch_.beam.full() && scratch_.beam[window - 1] < frontier_.top()) return Code::ok;
      if (spent_ + costs_.of(work) > scan) return scan_rest(explorer, ScanReason::stalled);
      if (const Code code = expand(explorer, frontier_.pop()); code != Code::ok) return code;
    }
    return scratch_.beam.full() ? Code::ok : scan_rest(explorer, ScanReason::stalled);
  }

  Code enter(Explorer<View>& explorer) {
    const Code code = explorer.descend(index_->meta().entry_points, index_->meta().top_level,
                                       index_->meta().root);
    if (code != Code::ok) return code;  // a limit: the next batch enters anew
    entered_ = true;
    scratch_.visited.reset(view_.size());
    for (const Neighbor& entry : scratch_.entries) {
      if (scratch_.visited.insert(entry.slot)) meet(entry.distance, entry.slot);
    }
    return Code::ok;
  }

  void meet(float distance, Slot slot) {
    frontier_.push({distance, slot});
    if (distance < std::numeric_limits<float>::infinity() && filter().accepts(slot)) {
      waiting_.push({distance, slot});
      scratch_.beam.insert(distance, slot);
    }
  }

  Code expand(Explorer<View>& explorer, const Neighbor& node) {
    std::span<const Slot> links;
    if (const Code code = explorer.links(0, node.slot, links); code != Code::ok) return code;
    scratch_.take_unseen(links);
    const Code code = explorer.compare();
    explorer.for_each_compared([&](float distance, Slot slot) { meet(distance, slot); });
    if (code == Code::cancelled) frontier_.push(node);  // its other neighbours are still new
    return code;
  }

  Code scan_rest(Explorer<View>& explorer, ScanReason reason) {
    if (!entered_) scratch_.visited.reset(view_.size());
    entered_ = true;
    reason_ = reason;
    const Code code =
        compare_unseen(explorer, {&filter()}, scratch_, [&](float distance, Slot slot) {
          waiting_.push({distance, slot});
        });
    scanned_ = code == Code::ok;
    return code;
  }

  const StoredIndex* index_;
  View view_;
  std::span<const ItemId> ids_;
  QueryCosts costs_;
  std::vector<std::byte> row_;
  IterateOptions options_;
  Filter everything_;
  distance::BatchKernel kernel_;
  SearchScratch scratch_;  // its visited marks are those of the whole iteration
  NeighborHeap frontier_;  // met, not expanded
  NeighborHeap waiting_;   // accepted, not returned
  double spent_ = 0;
  bool entered_ = false;
  bool scanned_ = false;  // every accepted item was met
  ScanReason reason_ = ScanReason::none;
};

}  // namespace skerry::graph
