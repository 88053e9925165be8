#pragma once
// An index that comes to its items by rounds of deletes and inserts (churn_via.h), and what it was
// like after each round.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "experiments/churn_via.h"
#include "experiments/dataset.h"
#include "kv/store.h"

namespace skerry::experiments {

struct ChurnWork {
  ChurnVia via;
  graph::IndexOptions index;
  unsigned threads = 1;
  /// (k, ef) that recall is told for after each round.
  std::vector<std::pair<std::size_t, std::size_t>> searches;
};

/// Which vectors are items when. Drawn by the seed: a round deletes items at random and inserts
/// as many that are out, those that are out for longest first (never in, at the beginning, in
/// random order). The items at the end are 0..items-1; the others are held back at first, come
/// and go.
class ChurnSequence {
 public:
  struct Round {
    std::vector<ItemId> erased, added;  ///< equally many
  };

  /// `held_back` must be at least `of_round`, and that at most `items`.
  ChurnSequence(std::size_t items, std::size_t held_back, std::size_t of_round, std::size_t rounds,
                std::uint64_t seed);

  const std::vector<ItemId>& start() const noexcept { return start_; }

  const std::vector<Round>& rounds() const noexcept { return rounds_; }

 private:
  std::vector<ItemId> start_;
  std::vector<Round> rounds_;
};

/// Makes the index `name` in the store and leads it through the rounds, each of them one commit
/// (repair `tombstone`: and one of consolidate()). `vectors` are the items' at the end and behind
/// them those held back; `queries` are searched after each round. Returns {held_back, replaced,
/// searches, seconds, rounds: [{round, seconds, recall, unreachable, degree_mean, in_degree_p99,
/// in_degree_max, entry_points, gone, free, link_bytes, records, bytes}]}, docs/churn.md.
/// Throws what graph::Writer throws.
nlohmann::ordered_json churn_index(kv::Store& store, std::string_view name, const ChurnWork& work,
                                   std::size_t items, const Matrix& vectors, const Matrix& queries,
                                   const Progress& progress);

}  // namespace skerry::experiments
