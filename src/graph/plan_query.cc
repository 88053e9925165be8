#include "graph/plan_query.h"

#include <algorithm>
#include <cmath>

namespace skerry::graph {

namespace {

// Of the links of an expanded node, those that lead to items not met before, while few are known.
constexpr double new_share = 0.6;

// Below this share a node has too few accepted items within two hops for a walk among them to find
// its way: measured, the recall of such walks falls under 0.95 (docs/filters.md).
constexpr double two_hop_share = 0.06;

// Fewer accepted items among all that a probe compared: the query lies outside of what the filter
// lets pass, and how far a walk would have to go is unknown.
constexpr double least_accepted = 3;

// Deviations of a count from its expectation that are taken for chance.
constexpr double deviations = 3;

// Hops of a probe, and the part of a scan that they may cost: a probe that ends in a scan is lost.
constexpr double least_probe = 4;
constexpr double most_probe = 12;
constexpr double probe_part_of_scan = 0.04;

// A walk may cost this part of a scan before it is given up, so that no automatic query costs more
// than 1.75 scans and what its probe cost; and so many times what was expected of it.
constexpr double most_of_scan = 0.75;
constexpr double most_of_expected = 2;

// For each rejected neighbour two_hop() wants one and a half accepted ones in its place.
constexpr double for_rejected = 1.5;

// They lie farther out than neighbours do, so that more of them are new: up to so many times.
constexpr double most_new = 1.75;

// At like costs a walk finds more, and its price is known better: two hops must be so much cheaper.
constexpr double margin = 0.8;

}  // namespace

QueryShape query_shape(const StoredIndex& index, const Filter& filter, std::size_t ef) {
  const Meta& meta = index.meta();
  QueryShape shape;
  shape.items = meta.items;
  shape.accepted = filter.count();
  shape.counted = filter.exact_count().has_value();
  shape.everything = filter.everything();
  shape.asks = filter.asks();
  shape.ef = ef;
  shape.degree = static_cast<double>(meta.links) /
                 static_cast<double>(std::max<std::uint64_t>(meta.nodes(), 1));
  return shape;
}

// Least squares by eye over benchmarks/filter_benchmark at 384 and 32 dimensions. In a view that
// asks a store, finding a record costs more than reading it.
QueryCosts QueryCosts::of_view(std::string_view view, std::size_t walk_bytes,
                               std::size_t row_bytes) noexcept {
  QueryCosts costs;
  costs.distance = 90 + 0.02 * static_cast<double>(walk_bytes);
  costs.scanned = 20 + 0.045 * static_cast<double>(row_bytes);
  costs.list = 150;
  if (view == "memo") costs.list = 300;  // decoded each time
  if (view == "direct" || view == "cached") {
    costs.distance += 350;
    costs.scanned += 250;
    costs.list = 900;
  }
  return costs;
}

double scan_cost(const QueryShape& shape, const QueryCosts& costs) {
  const double asked = shape.asks ? costs.asked * static_cast<double>(shape.items) : 0;
  return asked + costs.scanned * static_cast<double>(shape.accepted);
}

double walk_cost(const QueryShape& shape, double near, const QueryCosts& costs) {
  const auto items = static_cast<double>(std::max<std::size_t>(shape.items, 1));
  const double hops = std::min(items, static_cast<double>(shape.ef) / near);
  // Throwing hops * new links at the items at random; the first hops dominate.
  const double met = items * (1 - std::exp(-hops * shape.degree * new_share / items));
  return hops * costs.list + met * costs.distance;
}

double two_hop_cost(const QueryShape& shape, double near, const QueryCosts& costs) {
  const auto ef = static_cast<double>(shape.ef);
  const double lists = 1 + std::min((1 - near) * shape.degree, for_rejected * (1 - near) / near);
  const double met = shape.degree * new_share * std::min(1 + for_rejected * (1 - near), most_new);
  const double list = costs.list + (shape.asks ? costs.asked * shape.degree : 0);
  return ef * (lists * list + met * costs.distance);
}

QueryPlan plan_query(const QueryShape& shape, const QueryOptions& options,
                     const QueryCosts& costs) {
  if (options.way == Way::scan) return {Way::scan, ScanReason::asked};
  if (options.way != Way::automatic) return {options.way, ScanReason::none};
  if (shape.accepted <= options.linear_below) return {Way::scan, ScanReason::few_items};
  if (static_cast<double>(shape.accepted) <=
      options.linear_below_ratio * static_cast<double>(shape.items)) {
    return {Way::scan, ScanReason::small_share};
  }
  if (scan_cost(shape, costs) <= walk_cost(shape, 1, costs)) {
    return {Way::scan, ScanReason::cheaper};
  }
  return {shape.everything ? Way::walk : Way::automatic, ScanReason::none};
}

std::size_t probe_hops(const QueryShape& shape, const QueryCosts& costs) {
  const double hop = costs.list + costs.distance * shape.degree * new_share;
  const double affordable = probe_part_of_scan * scan_cost(shape, costs) / hop;
  return static_cast<std::size_t>(std::clamp(affordable, least_probe, most_probe));
}

double share_near(const QueryShape& shape, const Seen& seen) {
  const double share = shape.share();
  const auto compared = static_cast<double>(seen.compared);
  const auto accepted = static_cast<double>(seen.accepted);
  const double chance = deviations * std::sqrt(share * (1 - share) * compared);
  if (accepted < least_accepted) return 0;
  if (std::abs(accepted - share * compared) <= chance) return share;
  return accepted / compared;
}

QueryPlan plan_after_probe(const QueryShape& shape, const Seen& seen, const QueryCosts& costs) {
  const double near = share_near(shape, seen);
  if (near == 0) return {Way::scan, ScanReason::stalled};
  const double scan = scan_cost(shape, costs);
  const double walk = walk_cost(shape, near, costs);
  const double two_hop = near < two_hop_share ? walk : two_hop_cost(shape, near, costs);
  const double expected = std::min(walk, two_hop);
  if (most_of_scan * scan < expected) return {Way::scan, ScanReason::cheaper};
  return {margin * walk <= two_hop ? Way::walk : Way::two_hop, ScanReason::none,
          std::min(most_of_scan * scan, most_of_expected * expected)};
}

}  // namespace skerry::graph
