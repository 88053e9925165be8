#pragma once
// Searching an index: the library's face for queries.

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "graph/search.h"
#include "graph/stored_index.h"

namespace skerry::graph {

struct SearchOptions {
  std::size_t k = 10;
  std::size_t ef = 64;  ///< beam on level 0; ef < k means ef = k
  bool scan = false;    ///< compare with every item instead of walking the graph
};

/// One hit: external id and distance as people see it (Metric::reported).
struct Hit {
  ItemId id;
  double distance;
};

/// The names of the views, in the order in which they are listed to people.
std::span<const std::string_view> view_names();

/// Whether `view` can be had on a store with this life of views; `memo` needs ViewLife::snapshot.
bool view_supported(std::string_view view, kv::ViewLife life);

/// An index opened for search through one view. It is one snapshot: what it sees never changes.
/// Safe from many threads, each with its own Searcher.
class Reader {
 public:
  /// Throws what StoredIndex throws; invalid_argument for an unknown view, unsupported for a view
  /// that the store cannot give. `frozen` reads the whole index here.
  Reader(kv::Store& store, std::string_view index, std::string_view view,
         const StoredIndex::Expectation& expected);

  Reader(kv::Store& store, std::string_view index, std::string_view view = "frozen")
      : Reader(store, index, view, StoredIndex::Expectation{}) {}

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
    std::size_t vectors = 0;
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

    /// From now on `stopwatch` is told where the time of searches goes; null for none.
    virtual void measure(Stopwatch* stopwatch) noexcept = 0;

    /// Sums over all searches of this searcher.
    virtual const SearchWork& work() const noexcept = 0;
  };

  std::unique_ptr<Searcher> searcher() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The k nearest of all items by a scan, nearest first, ties by slot: argmin over x of d(query, x).
/// Reads the rows given. `query` as above.
std::vector<Neighbor> exact_search(const Rows& rows, Bytes query, std::size_t k);

}  // namespace skerry::graph
