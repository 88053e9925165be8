#pragma once
// `truncate`: the nearest of old and new links, without the selection rule (as ParlayANN's HNSW).

#include <array>

#include "heuristics/concepts.h"

namespace skerry::heuristics {

struct Truncate {
  static constexpr std::string_view name = "truncate";
  static constexpr std::string_view description = "the nearest of old and new links";
  static constexpr std::array<Parameter, 0> parameters{};

  Truncate() = default;

  explicit Truncate(const Arguments&) {}

  void merge(std::vector<Neighbor>& links, std::span<const Neighbor> incoming,
             std::size_t max_links, auto&& /*select*/) const {
    links.insert(links.end(), incoming.begin(), incoming.end());
    std::sort(links.begin(), links.end());
    links.resize(std::min(links.size(), max_links));
  }
};

}  // namespace skerry::heuristics
