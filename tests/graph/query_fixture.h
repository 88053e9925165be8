#pragma once
// One index on any store and view, with the exact answers of its queries.

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "graph/reader.h"
#include "graph/write_index.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {

/// Uniform vectors under euclidean, numbered by `order`: with "bfs" slots are not ids.
class QueryIndex {
 public:
  static constexpr std::size_t dimension = 8;

  explicit QueryIndex(std::size_t items, std::string_view store = "memory",
                      std::string_view order = "insertion")
      : vectors_(uniform_vectors(items, dimension, 1)),
        rows_(rows_of("euclidean", vectors_, dimension)),
        store_(kv::open_store(store, {.path = folder_.path() / "store", .create = true})) {
    write_index(*store_, "main", rows_, build(rows_, parameters()),
                {.order = &graph::order(order), .seed = 1});
  }

  Bytes vector(std::size_t i) const {
    return std::as_bytes(std::span(vectors_)).subspan(i * dimension * 4, dimension * 4);
  }

  Reader reader(std::string_view view = "frozen") const { return {*store_, "main", view}; }

  kv::Store& store() const { return *store_; }

  const Rows& rows() const { return rows_; }

  /// The k nearest accepted items by comparing all.
  std::vector<ItemId> nearest(Bytes query, std::size_t k,
                              const std::function<bool(ItemId)>& accepts) const {
    std::vector<ItemId> ids;
    for (const Neighbor& neighbor : exact_search(rows_, query, rows_.size())) {
      if (ids.size() < k && accepts(neighbor.slot)) ids.push_back(neighbor.slot);
    }
    return ids;
  }

 private:
  support::TempDir folder_;
  std::vector<float> vectors_;
  Rows rows_;
  std::unique_ptr<kv::Store> store_;
};

inline constexpr std::array all_ways = {Way::automatic, Way::walk, Way::two_hop, Way::scan};

inline const QueryIndex& small() {
  static const QueryIndex index(600);
  return index;
}

inline bool everything(ItemId) { return true; }

inline std::vector<ItemId> ids_of(const std::vector<Hit>& hits) {
  std::vector<ItemId> ids;
  for (const Hit& hit : hits) ids.push_back(hit.id);
  return ids;
}

/// Share of the true ids that were found.
inline double recall_of(const std::vector<ItemId>& found, const std::vector<ItemId>& truth) {
  const auto hits = std::count_if(found.begin(), found.end(), [&](ItemId id) {
    return std::find(truth.begin(), truth.end(), id) != truth.end();
  });
  return truth.empty() ? 1 : static_cast<double>(hits) / static_cast<double>(truth.size());
}

}  // namespace skerry::graph
