#pragma once
// Searching an index: the library's face for queries.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/spec.h"
#include "graph/filter.h"
#include "graph/nearest_items.h"
#include "graph/query.h"
#include "graph/search.h"
#include "graph/stored_index.h"

namespace skerry::graph {

struct SearchOptions {
  std::size_t k = 10;
  std::size_t ef = 64;  ///< beam on level 0; ef < k means ef = k
  bool scan = false;    ///< compare with every item instead of walking the graph
  /// Where the reader walks by codes, as in QueryOptions.
  std::size_t oversample = 1;
};

/// How an index is opened for search.
struct ReaderOptions {
  std::string_view view = "frozen";  ///< a spec, as ViewSpec reads it
  /// What walks compare: f32, the exact vectors, or codes of an encoding (distance/encoding.h).
  /// `frozen` makes codes that the index does not hold; the other views need those of the index.
  std::string_view traversal = "f32";
  /// 1..1024, which make codes here. Codes and answers do not depend on it.
  unsigned threads = 1;
  StoredIndex::Expectation expected{};
};

/// What ReaderOptions::traversal may be, in the order in which it is listed to people.
std::span<const std::string_view> traversal_names();

/// Where a search finds nodes: graph/views.h, graph/cached_view.h.
struct ViewSpec {
  std::string_view name;        ///< one of view_names()
  std::size_t cache_bytes = 0;  ///< of each searcher, for `cached`

  /// Throws Error{invalid_argument}.
  static ViewSpec parse(std::string_view spec);

  /// Whether what a query reads depends on the queries before it.
  bool remembers() const noexcept { return name == "memo" || name == "cached"; }
};

/// What ViewSpec::parse() reads, in the order in which it is listed to people.
std::span<const SpecKind> view_kinds();

/// Their names, each of which is a spec.
std::span<const std::string_view> view_names();

/// Whether `view` can be had on a store with this life of views; `memo` needs ViewLife::snapshot.
bool view_supported(std::string_view view, kv::ViewLife life);

/// An index opened for search through one view. It is one snapshot: what it sees never changes.
/// Safe from many threads, each with its own Searcher.
class Reader {
 public:
  /// Throws what StoredIndex throws; invalid_argument for an unknown view or traversal, or one that
  /// the metric has no codes for, and for no threads or too many; unsupported for a view that the
  /// store cannot give, or codes that the view cannot. `frozen` reads the whole index here.
  Reader(kv::Store& store, std::string_view index, const ReaderOptions& options);

  Reader(kv::Store& store, std::string_view index, std::string_view view,
         const StoredIndex::Expectation& expected)
      : Reader(store, index, ReaderOptions{.view = view, .expected = expected}) {}

  Reader(kv::Store& store, std::string_view index, std::string_view view = "frozen")
      : Reader(store, index, ReaderOptions{.view = view}) {}

  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  const Meta& meta() const noexcept;
  const distance::Metric& metric() const noexcept;

  /// The index at the snapshot that searches see.
  const StoredIndex& index() const noexcept;

  /// Bytes that this view keeps in memory.
  struct Resident {
    std::size_t links = 0;
    std::size_t vectors = 0;  ///< for `cached` of links, too: what a searcher may use
    std::size_t codes = 0;
    std::size_t tables = 0;  ///< pointers to records, ids of slots
  };

  Resident resident() const noexcept;

  /// Searches for one thread. Reuses its memory; not to be shared, must not outlive the reader.
  class Searcher {
   public:
    virtual ~Searcher() = default;

    /// Replaces `hits` by at most k items, nearest first, ties by id. `query` is a vector of the
    /// index's dimension (Metric::vector_bytes). Fewer than k hits is a normal outcome: the index
    /// is smaller, or the walk reached no more. Throws Error: invalid_argument (k or ef of zero,
    /// wrong size, NaN), corrupt (names table and key), io.
    virtual void search(Bytes query, const SearchOptions& options, std::vector<Hit>& hits) = 0;

    /// The nearest items that options.filter accepts, by the way that costs least; says which it
    /// was. Without limits an automatic query gives k hits whenever so many items are accepted.
    /// Throws as search(); invalid_argument also for a filter of another reader, and a ratio
    /// outside 0..1; and what a predicate throws.
    virtual QueryResult by_vector(Bytes query, const QueryOptions& options) = 0;

    /// The same for the vector of an item, starting at the item; never returns the item itself.
    /// nullopt when the index does not hold it.
    virtual std::optional<QueryResult> by_item(ItemId id, const QueryOptions& options) = 0;

    /// All accepted items within a distance, nearest first, ties by id. Approximate unless it says
    /// `exact`: see graph/range_search.h. Walks by exact vectors. Throws as by_vector(), and
    /// invalid_argument for a radius or slack that is not a number in its range.
    virtual QueryResult within(Bytes query, const RangeOptions& options) = 0;

    /// From now on `stopwatch` is told where the time of searches goes; null for none.
    virtual void measure(Stopwatch* stopwatch) noexcept = 0;

    /// Sums over all searches of this searcher.
    virtual const SearchWork& work() const noexcept = 0;
  };

  std::unique_ptr<Searcher> searcher() const;

  /// The same queries for many at once, on `threads` threads (1..1024): answers in the order of the
  /// queries, each what by_vector() or by_item() gives, whatever the number of threads. `vectors`
  /// lie one after the other. Throws what they throw, naming the query, and Error{cancelled} when
  /// `progress` says so; limits hold for each query.
  std::vector<QueryResult> by_vectors(Bytes vectors, const QueryOptions& options, unsigned threads,
                                      const Progress& progress = {}) const;
  std::vector<std::optional<QueryResult>> by_items(std::span<const ItemId> ids,
                                                   const QueryOptions& options, unsigned threads,
                                                   const Progress& progress = {}) const;

  /// Accepted items in order of distance, for as long as wanted. Walks by exact vectors. Throws as
  /// by_vector().
  std::unique_ptr<NearestItems> iterate(Bytes query, const IterateOptions& options) const;

  /// What queries of this reader may return (graph/filter.h). Must not outlive the reader.
  Filter filter(const Roaring64Map& ids) const;
  Filter filter(std::function<bool(ItemId)> accepts) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The k nearest of all items by a scan, nearest first, ties by slot: argmin over x of d(query, x).
/// Reads the rows given. `query` as above.
std::vector<Neighbor> exact_search(const Rows& rows, Bytes query, std::size_t k);

}  // namespace skerry::graph
