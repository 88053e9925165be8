#pragma once
// Which way a query goes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "graph/filtered_search.h"
#include "graph/query.h"

namespace skerry::graph {

/// What is known before a query.
struct QueryShape {
  std::size_t items = 0;     ///< live
  std::size_t accepted = 0;  ///< that the filter lets pass, known or estimated
  bool counted = true;       ///< whether `accepted` is known
  bool everything = true;    ///< whether the filter rejects nothing
  bool asks = false;         ///< whether accepting asks a predicate
  std::size_t ef = 0;
  double degree = 0;  ///< mean links of a node

  /// Of accepted items among all, above 0.
  double share() const noexcept {
    return static_cast<double>(std::max<std::size_t>(accepted, 1)) /
           static_cast<double>(std::max<std::size_t>(items, 1));
  }
};

QueryShape query_shape(const StoredIndex& index, const Filter& filter, std::size_t ef);

/// Nanoseconds on one machine. They need not be right, only right enough to choose by.
struct QueryCosts {
  double distance = 100;  ///< of a walk: finding and reading a row, comparing, keeping order
  double scanned = 60;    ///< of a scan, whose rows come in the order in which they lie
  double list = 100;      ///< reading the links of a node and looking at the neighbours
  double asked = 20;      ///< asking a predicate

  /// For a view by its name (graph/views.h), walks by rows or codes of so many bytes, and scans of
  /// rows.
  static QueryCosts of_view(std::string_view view, std::size_t walk_bytes,
                            std::size_t row_bytes) noexcept;

  /// What work has cost so far.
  double of(const SearchWork& work) const noexcept {
    return distance * static_cast<double>(work.compared()) + list * static_cast<double>(work.hops);
  }
};

/// Expected costs at a share `near` of accepted items where the query is.
double scan_cost(const QueryShape& shape, const QueryCosts& costs);
double walk_cost(const QueryShape& shape, double near, const QueryCosts& costs);
double two_hop_cost(const QueryShape& shape, double near, const QueryCosts& costs);

struct QueryPlan {
  Way way = Way::automatic;  ///< automatic: to be decided after a probe
  ScanReason scan = ScanReason::none;
  double allowance =
      std::numeric_limits<double>::infinity();  ///< of a walk after its probe; then it scans
};

/// Hops of the probe that tells how many accepted items lie around a query: 12, or fewer where they
/// would cost more than a few hundredths of a scan.
std::size_t probe_hops(const QueryShape& shape, const QueryCosts& costs);

/// Before the first distance: the caller's choice, the thresholds, and the scan where it costs less
/// than any walk can.
QueryPlan plan_query(const QueryShape& shape, const QueryOptions& options, const QueryCosts& costs);

/// The share of accepted items around the query: that of all items where what the probe saw could
/// be chance, else what it saw; 0 when it saw too few to tell.
double share_near(const QueryShape& shape, const Seen& seen);

/// After a probe of a few hops around the query.
QueryPlan plan_after_probe(const QueryShape& shape, const Seen& seen, const QueryCosts& costs);

}  // namespace skerry::graph
