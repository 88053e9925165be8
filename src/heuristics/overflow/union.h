#pragma once
// `union`: old and new links together, one re-selection.

#include <array>

#include "heuristics/concepts.h"

namespace skerry::heuristics {

struct Union {
  static constexpr std::string_view name = "union";
  static constexpr std::string_view description = "one re-selection over old and new links";
  static constexpr std::array<Parameter, 0> parameters{};

  Union() = default;

  explicit Union(const Arguments&) {}

  void merge(std::vector<Neighbor>& links, std::span<const Neighbor> incoming,
             std::size_t max_links, auto&& select) const {
    links.insert(links.end(), incoming.begin(), incoming.end());
    if (links.size() <= max_links) return;
    std::sort(links.begin(), links.end());
    std::vector<Neighbor> selected;
    select(std::span<const Neighbor>(links), selected);
    links = std::move(selected);
  }
};

}  // namespace skerry::heuristics
