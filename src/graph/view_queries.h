#pragma once
// Queries on one view, for one thread: what Reader::Searcher offers beyond a plain search.

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "graph/code_walk.h"
#include "graph/filtered_search.h"
#include "graph/plan_query.h"
#include "graph/query.h"
#include "graph/range_search.h"
#include "graph/rescore.h"
#include "graph/stored_index.h"

namespace skerry::graph {

/// Where a query begins.
struct QueryStart {
  const std::byte* row = nullptr;  ///< the query, encoded by the metric
  std::optional<Slot> item{};      ///< the item whose row it is: start there, never return it
};

/// Answers in slots. Reuses its memory. `view` and the view of codes need not be of one kind.
template <GraphView View, GraphView CodeView = View>
class ViewQueries {
 public:
  /// `index`, `view` and `codes`, where there are some, outlive it.
  ViewQueries(const StoredIndex& index, View& view, CodeWalk<CodeView>* codes,
              const QueryCosts& costs)
      : index_(&index),
        view_(&view),
        codes_(codes),
        everything_(index),
        kernel_(index.metric().kernels().batch),
        costs_(costs) {}

  /// Fills beam() and all of `result` but its hits. Returns what a view returned. Walks by codes,
  /// where there are some; what it gives has exact distances.
  Code nearest(const QueryStart& start, const QueryOptions& options, QueryResult& result);

  /// The same for a range: fills `found` with all items within it, in no order. By exact rows.
  Code within(const std::byte* row, const RangeOptions& options, QueryResult& result,
              std::vector<Neighbor>& found);

  /// What nearest() found, nearest first; the caller takes k.
  const Beam& beam() const noexcept { return scratch_.search.beam; }

  /// The record that the last call which returned a failure could not use.
  RecordPlace failure() const noexcept {
    return failed_by_codes_ ? codes_->view().failure() : view_->failure();
  }

  void measure(Stopwatch* stopwatch) noexcept { scratch_.search.stopwatch = stopwatch; }

 private:
  QueryShape shape_of(const QueryStart& start, const QueryOptions& options) const;
  template <class Walked>
  Code enter(const QueryStart& start, std::size_t ef, Explorer<Walked>& explorer,
             FilteredSearch<Walked>& search);
  template <class Walked>
  Code follow(const QueryShape& shape, const QueryCosts& costs, QueryPlan& plan,
              FilteredSearch<Walked>& search, const SearchWork& work);
  Code scan_rows(Explorer<View> explorer, const Acceptance& accepts, std::size_t count);

  const StoredIndex* index_;
  View* view_;
  CodeWalk<CodeView>* codes_;
  bool failed_by_codes_ = false;  ///< which view failed last, if any has
  Filter everything_;
  distance::BatchKernel kernel_;
  QueryCosts costs_;
  FilteredScratch scratch_;
};

template <GraphView View, GraphView CodeView>
QueryShape ViewQueries<View, CodeView>::shape_of(const QueryStart& start,
                                                 const QueryOptions& options) const {
  const Filter& filter = options.filter != nullptr ? *options.filter : everything_;
  QueryShape shape = query_shape(*index_, filter, 0);
  if (shape.counted && start.item && filter.accepts(*start.item)) --shape.accepted;
  const std::size_t most = shape.counted ? shape.accepted : shape.items;
  shape.ef = std::min(std::max(options.ef, options.k), most);
  return shape;
}

/// Brings the search to level 0.
template <GraphView View, GraphView CodeView>
template <class Walked>
Code ViewQueries<View, CodeView>::enter(const QueryStart& start, std::size_t ef,
                                        Explorer<Walked>& explorer,
                                        FilteredSearch<Walked>& search) {
  if (start.item) {
    // Its distance to itself does not matter: it is expanded first, and not returned.
    const Neighbor self{-std::numeric_limits<float>::max(), *start.item};
    search.begin(ef, {&self, 1});
    return Code::ok;
  }
  const Code code =
      explorer.descend(index_->meta().entry_points, index_->meta().top_level, index_->meta().root);
  if (code == Code::ok || code == Code::cancelled) search.begin(ef, scratch_.search.entries);
  return code;
}

/// Walks until the walk is over or the plan becomes a scan.
template <GraphView View, GraphView CodeView>
template <class Walked>
Code ViewQueries<View, CodeView>::follow(const QueryShape& shape, const QueryCosts& costs,
                                         QueryPlan& plan, FilteredSearch<Walked>& search,
                                         const SearchWork& work) {
  const bool automatic = plan.way == Way::automatic;
  bool probing = automatic;
  const std::size_t probe = probe_hops(shape, costs);
  double probe_cost = 0;
  if (probing) plan.way = Way::walk;
  Slot node;
  while (search.next(node)) {
    if (probing && search.seen().hops >= probe) {
      probing = false;
      probe_cost = costs.of(work);
      plan = plan_after_probe(shape, search.seen(), costs);
      if (plan.way == Way::scan) return Code::ok;
      if (plan.way == Way::two_hop) search.drop_rejected();
    }
    if (costs.of(work) - probe_cost > plan.allowance) {
      plan = {Way::scan, ScanReason::stalled};
      return Code::ok;
    }
    const Code code = plan.way == Way::two_hop ? search.two_hop(node) : search.walk(node);
    if (code != Code::ok) return code;
  }
  return Code::ok;
}

/// What the walk has compared, it has compared by codes: all rows are new.
template <GraphView View, GraphView CodeView>
Code ViewQueries<View, CodeView>::scan_rows(Explorer<View> explorer, const Acceptance& accepts,
                                            std::size_t count) {
  failed_by_codes_ = false;
  FilteredSearch<View> search(explorer, accepts, scratch_);
  search.begin(count, {});
  return search.scan();
}

template <GraphView View, GraphView CodeView>
Code ViewQueries<View, CodeView>::nearest(const QueryStart& start, const QueryOptions& options,
                                          QueryResult& result) {
  const QueryShape shape = shape_of(start, options);
  scratch_.search.beam.reset(0);
  result.work = {};
  if (shape.ef == 0) {
    result.way = Way::automatic;
    result.exact = true;
    return Code::ok;
  }
  const bool by_codes = codes_ != nullptr;
  LimitWatch limits(options.limits, result.work,
                    by_codes ? rescored(shape.ef, options.k, options.oversample) : 0);
  const Filter& filter = options.filter != nullptr ? *options.filter : everything_;
  const Acceptance accepts{&filter, start.item.value_or(no_slot)};
  const Target exact{start.row, kernel_, index_->meta().dimension};
  const QueryCosts& costs = by_codes ? codes_->costs() : costs_;
  QueryPlan plan = plan_query(shape, options, costs);
  const bool automatic = options.way == Way::automatic;
  const std::size_t wanted = std::min(options.k, shape.ef);
  const auto run = [&]<class Walked>(Walked& walked, const Target& target) {
    Explorer<Walked> explorer(walked, target, limits, scratch_.search, result.work);
    FilteredSearch<Walked> search(explorer, accepts, scratch_);
    Code code = Code::ok;
    if (plan.way == Way::scan) {
      search.begin(wanted, {});
    } else {
      code = enter(start, shape.ef, explorer, search);
      if (code == Code::ok) code = follow(shape, costs, plan, search, result.work);
      // A walk that ran dry has missed accepted items that it could not reach.
      const std::size_t due = shape.everything ? wanted : shape.ef;
      if (code == Code::ok && automatic && plan.way != Way::scan && beam().size() < due) {
        plan = {Way::scan, ScanReason::stalled};
      }
    }
    if (code != Code::ok || plan.way != Way::scan) return code;
    limits.release();
    code = by_codes
               ? scan_rows({*view_, exact, limits, scratch_.search, result.work}, accepts, wanted)
               : search.scan();
    result.exact = code == Code::ok;
    return code;
  };
  failed_by_codes_ = by_codes;
  Code code = by_codes ? run(codes_->view(), codes_->aim(start.row)) : run(*view_, exact);
  if (by_codes && plan.way != Way::scan && (code == Code::ok || code == Code::cancelled)) {
    failed_by_codes_ = false;
    const std::size_t most = rescored(beam().size(), options.k, options.oversample);
    const Code second = rescore(*view_, exact, limits.finish(most), scratch_.search, result.work);
    if (second != Code::ok) code = second;
  }
  result.way = plan.way == Way::automatic ? Way::walk : plan.way;
  result.scan = plan.scan;
  result.stopped = limits.stopped();
  return code == Code::cancelled ? Code::ok : code;
}

template <GraphView View, GraphView CodeView>
Code ViewQueries<View, CodeView>::within(const std::byte* row, const RangeOptions& options,
                                         QueryResult& result, std::vector<Neighbor>& found) {
  const Filter& filter = options.filter != nullptr ? *options.filter : everything_;
  const Meta& meta = index_->meta();
  const std::size_t ef = std::min<std::size_t>(options.ef, meta.nodes());
  const QueryShape shape = query_shape(*index_, filter, ef);
  found.clear();
  failed_by_codes_ = false;
  if (ef == 0) return Code::ok;
  const RangeBounds bounds{&index_->metric(), options.radius,
                           options.radius + options.slack * std::abs(options.radius)};
  LimitWatch limits(options.limits, result.work);
  const Target target{row, kernel_, meta.dimension};
  Explorer<View> explorer(*view_, target, limits, scratch_.search, result.work);
  Code code = Code::ok;
  if (options.exact || scan_cost(shape, costs_) <= walk_cost(shape, 1, costs_)) {
    result.way = Way::scan;
    result.scan = options.exact ? ScanReason::asked : ScanReason::cheaper;
    code = range_scan(explorer, {&filter}, bounds, scratch_, found);
    result.exact = code == Code::ok;
  } else {
    code = explorer.descend(meta.entry_points, meta.top_level, meta.root);
    if (code == Code::ok || code == Code::cancelled) {
      const std::vector<Neighbor> entries = scratch_.search.entries;
      code = range_walk(explorer, {&filter}, bounds, ef, entries, scratch_, found);
    }
  }
  result.stopped = limits.stopped();
  return code == Code::cancelled ? Code::ok : code;
}

}  // namespace skerry::graph
