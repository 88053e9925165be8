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

/// Immutable but for its searchers; safe from many threads. Keeps the store open.
class SearchState {
 public:
  /// Throws what graph::Reader throws.
  SearchState(std::shared_ptr<kv::Store> store, const std::string& name, std::string_view view)
      : store_(std::move(store)), reader_(*store_, name, view), view_(view) {}

  const graph::Reader& reader() const noexcept { return reader_; }

  kv::Store& store() const noexcept { return *store_; }

  const std::string& view() const noexcept { return view_; }

  /// Searches for `count` vectors that lie one after the other in `queries` on `threads` threads.
  /// Row q of `ids` and `distances` (count * options.k each) gets the hits of query q, nearest
  /// first, then -1 and NaN. `poll` is called now and then from the calling thread and may throw.
  /// Throws what Searcher::search throws, naming the query.
  void search(Bytes queries, std::size_t count, const graph::SearchOptions& options,
              unsigned threads, std::span<std::int64_t> ids, std::span<double> distances,
              const std::function<void()>& poll);

  /// The vector of a live item.
  std::optional<std::vector<std::byte>> vector(ItemId id) const;

 private:
  using Searcher = std::unique_ptr<graph::Reader::Searcher>;

  Searcher borrow();
  void give_back(Searcher searcher);

  std::shared_ptr<kv::Store> store_;
  graph::Reader reader_;
  std::string view_;
  std::mutex mutex_;
  std::vector<Searcher> idle_;
};

}  // namespace skerry::python
