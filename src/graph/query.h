#pragma once
// What a query asks for and what it tells about its answer.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/types.h"
#include "graph/search.h"

namespace skerry::graph {

class Filter;

/// One hit: external id and distance as people see it (Metric::reported).
struct Hit {
  ItemId id;
  double distance;

  friend bool operator==(const Hit&, const Hit&) = default;
};

/// How the items of a query are found.
enum class Way : std::uint8_t {
  automatic,  ///< by the cost model (graph/plan_query.h)
  walk,       ///< through all items; those that the filter rejects lead on but are not returned
  two_hop,    ///< through accepted items, and through rejected ones without comparing them
  scan,       ///< compares with every accepted item: exact
};

/// Where a query stops early. It then gives the best that it has, labelled.
struct Limits {
  /// Distances between the query and stored vectors or codes, never exceeded; 0: no limit. The same
  /// limit gives the same answer everywhere.
  std::uint64_t distances = 0;
  /// Looked at between hops, so it is overrun by about one hop; zero: no limit.
  std::chrono::nanoseconds time{0};
  /// Set to true by another thread to stop; looked at between hops.
  const std::atomic<bool>* cancel = nullptr;
};

struct QueryOptions {
  std::size_t k = 10;
  std::size_t ef = 64;             ///< beam on level 0; ef < k means ef = k
  const Filter* filter = nullptr;  ///< null: every item. Of the same reader; see Reader::filter()
  Way way = Way::automatic;
  /// An automatic query scans when the filter lets so many items pass, or fewer.
  std::size_t linear_below = 0;
  /// The same as a share of all items, 0..1.
  double linear_below_ratio = 0;
  Limits limits{};
  /// Where the reader walks by codes: of what is found, the oversample * k nearest by codes are
  /// compared by exact vectors and the best k of those returned; at least 1.
  std::size_t oversample = 1;
};

struct RangeOptions {
  double radius = 0;    ///< as people see distances; items at most so far away are wanted
  std::size_t ef = 64;  ///< beam of the search that finds the region
  /// The walk goes on through items up to radius + slack * |radius| away, >= 0. A larger one finds
  /// more of the items that lie apart from the rest.
  double slack = 0.1;
  bool exact = false;              ///< scan: misses nothing
  const Filter* filter = nullptr;  ///< as in QueryOptions
  Limits limits{};
};

/// Why an answer comes from a scan.
enum class ScanReason : std::uint8_t {
  none,         ///< it does not
  asked,        ///< Way::scan, or an exact range
  few_items,    ///< linear_below
  small_share,  ///< linear_below_ratio
  cheaper,      ///< the cost model expects a walk to cost more
  stalled,      ///< a walk was begun, and found too few accepted items for what it cost
};

/// Why an answer is degraded.
enum class Stopped : std::uint8_t { no, cancelled, time, distances };

std::string_view name(Way way) noexcept;
std::string_view name(ScanReason reason) noexcept;
std::string_view name(Stopped stopped) noexcept;

struct QueryResult {
  std::vector<Hit> hits;  ///< nearest first, ties by id; never one id twice
  Way way = Way::walk;    ///< the last one taken; automatic when there was nothing to do
  ScanReason scan = ScanReason::none;
  Stopped stopped = Stopped::no;  ///< other than `no`: degraded, a limit ended it
  bool exact = false;             ///< every accepted item was compared
  bool fewer_than_k = false;      ///< k were asked for and there are fewer hits
  SearchWork work;                ///< of this query alone

  bool degraded() const noexcept { return stopped != Stopped::no; }
};

}  // namespace skerry::graph
