#pragma once
// `hnsw`: the diversity heuristic. Source: HNSW (TPAMI 2020), Algorithm 4.

#include <array>

#include "heuristics/concepts.h"

namespace skerry::heuristics {

/// Takes candidates nearest first and keeps one unless it is nearer to a neighbour kept before it
/// than to the target. On a tie it is kept (as in hnswlib and faiss; the paper does not say).
struct Hnsw {
  static constexpr std::string_view name = "hnsw";
  static constexpr std::string_view description = "diverse candidates (HNSW Alg. 4)";
  static constexpr std::array<Parameter, 3> parameters{{
      {"extend_candidates", "bool", "false",
       "a new item also considers its candidates' neighbours"},
      {"keep_pruned", "bool", "false", "fill the list with the nearest of those left out"},
      {"prune_small", "bool", "true",
       "apply the rule also when all candidates fit (hnswlib, faiss and usearch do not)"},
  }};

  bool extend_candidates = false;
  bool keep_pruned = false;
  bool prune_small = true;

  Hnsw() = default;

  explicit Hnsw(const Arguments& arguments)
      : extend_candidates(arguments.boolean("extend_candidates")),
        keep_pruned(arguments.boolean("keep_pruned")),
        prune_small(arguments.boolean("prune_small")) {}

  void select(std::span<const Neighbor> pool, std::size_t max_links, bool forward,
              Surroundings auto& around, std::vector<Neighbor>& selected) const {
    selected.clear();
    std::vector<Neighbor> wider;
    if (extend_candidates && forward) {
      wider = extended(pool, around);
      pool = wider;
    }
    if (!prune_small && pool.size() < max_links) {
      selected.assign(pool.begin(), pool.end());
      return;
    }
    std::vector<Slot> kept;
    std::vector<Neighbor> pruned;
    kept.reserve(max_links);
    for (const Neighbor& candidate : pool) {
      if (kept.size() == max_links) break;
      if (around.occluded(candidate.slot, kept, candidate.distance)) {
        if (keep_pruned) pruned.push_back(candidate);
      } else {
        kept.push_back(candidate.slot);
        selected.push_back(candidate);
      }
    }
    const std::size_t room = std::min(max_links - selected.size(), pruned.size());
    if (room == 0) return;
    const auto diverse = static_cast<std::ptrdiff_t>(selected.size());
    selected.insert(selected.end(), pruned.begin(),
                    pruned.begin() + static_cast<std::ptrdiff_t>(room));
    std::inplace_merge(selected.begin(), selected.begin() + diverse, selected.end());
  }

 private:
  static std::vector<Neighbor> extended(std::span<const Neighbor> pool, Surroundings auto& around) {
    std::vector<Slot> present;
    for (const Neighbor& candidate : pool) present.push_back(candidate.slot);
    std::sort(present.begin(), present.end());
    std::vector<Slot> more;
    for (const Neighbor& candidate : pool) {
      for (const Slot slot : around.neighbors(candidate.slot)) {
        if (slot != around.target() && !std::binary_search(present.begin(), present.end(), slot)) {
          more.push_back(slot);
        }
      }
    }
    std::sort(more.begin(), more.end());
    more.erase(std::unique(more.begin(), more.end()), more.end());
    std::vector<Neighbor> all(pool.begin(), pool.end());
    for (const Slot slot : more) all.push_back({around.to_target(slot), slot});
    std::sort(all.begin(), all.end());
    return all;
  }
};

}  // namespace skerry::heuristics
