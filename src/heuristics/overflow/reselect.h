#pragma once
// `reselect`: newcomers one by one, as serial HNSW meets them (Algorithm 1, lines 13-16).

#include <array>

#include "heuristics/concepts.h"

namespace skerry::heuristics {

struct Reselect {
  static constexpr std::string_view name = "reselect";
  static constexpr std::string_view description =
      "newcomers one by one; a full list is re-selected together with each";
  static constexpr std::array<Parameter, 0> parameters{};

  Reselect() = default;

  explicit Reselect(const Arguments&) {}

  void merge(std::vector<Neighbor>& links, std::span<const Neighbor> incoming,
             std::size_t max_links, auto&& select) const {
    std::vector<Neighbor> selected;
    for (const Neighbor& newcomer : incoming) {
      links.push_back(newcomer);
      if (links.size() <= max_links) continue;
      std::sort(links.begin(), links.end());
      select(std::span<const Neighbor>(links), selected);
      links.swap(selected);
    }
  }
};

}  // namespace skerry::heuristics
