#pragma once
// `drop_new`: what hannoy 0.1.3 does (hnsw.rs, add_link): a full list is re-selected without the
// newcomer that met it, and that newcomer is lost. Here to be measured, not to be used.

#include <array>

#include "heuristics/concepts.h"

namespace skerry::heuristics {

struct DropNew {
  static constexpr std::string_view name = "drop_new";
  static constexpr std::string_view description =
      "a full list is re-selected without the newcomer, which is lost (hannoy)";
  static constexpr std::array<Parameter, 0> parameters{};

  DropNew() = default;

  explicit DropNew(const Arguments&) {}

  void merge(std::vector<Neighbor>& links, std::span<const Neighbor> incoming,
             std::size_t max_links, auto&& select) const {
    std::vector<Neighbor> selected;
    for (const Neighbor& newcomer : incoming) {
      if (links.size() < max_links) {
        links.push_back(newcomer);
        continue;
      }
      std::sort(links.begin(), links.end());
      select(std::span<const Neighbor>(links), selected);
      links.swap(selected);
    }
  }
};

}  // namespace skerry::heuristics
