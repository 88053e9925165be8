#pragma once
// What searches of an index see: one snapshot, shared by all threads, with searchers that wait for
// work, since a new one costs memory in proportion to the index.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "graph/reader.h"
#include "kv/store.h"

namespace skerry::python {

/// How many queries are searched for, and where their answers go.
struct Batch {
  std::size_t k = 10;
  std::size_t ef = 64;
  bool exact = false;
  unsigned threads = 1;
  std::optional<std::span<const ItemId>> only;  ///< which items may be found; all without it
  /// Row q (k each) gets the hits of query q, nearest first, then -1 and NaN.
  std::span<std::int64_t> ids;
  std::span<double> distances;
};

/// Immutable but for its searchers; safe from many threads. Keeps the store open.
class SearchState {
 public:
  /// Throws what graph::Reader throws.
  SearchState(std::shared_ptr<kv::Store> store, const std::string& name, std::string_view view)
      : store_(std::move(store)), reader_(*store_, name, view), view_(view) {}

  const graph::Reader& reader() const noexcept { return reader_; }

  kv::Store& store() const noexcept { return *store_; }

  const std::string& view() const noexcept { return view_; }

  /// Searches for the vectors that lie one after the other in `queries`. `poll` is called now and
  /// then from the calling thread and may throw. Throws what Searcher throws, naming the query.
  void search(Bytes queries, const Batch& batch, const std::function<void()>& poll);

  /// The same for items: what is near them, without themselves. An id that the index does not hold
  /// has no hits.
  void search_items(std::span<const ItemId> items, const Batch& batch,
                    const std::function<void()>& poll);

  /// The vector of a live item.
  std::optional<std::vector<std::byte>> vector(ItemId id) const;

 private:
  using Searcher = std::unique_ptr<graph::Reader::Searcher>;

  /// Answers `count` queries: ask(searcher, q, hits) does one.
  template <class Ask>
  void answer(std::size_t count, const Batch& batch, const std::function<void()>& poll, Ask&& ask);

  std::optional<graph::Filter> filter_of(const Batch& batch) const;
  Searcher borrow();
  void give_back(Searcher searcher);

  std::shared_ptr<kv::Store> store_;
  graph::Reader reader_;
  std::string view_;
  std::mutex mutex_;
  std::vector<Searcher> idle_;
};

}  // namespace skerry::python
