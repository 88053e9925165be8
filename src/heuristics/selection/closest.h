#pragma once
// `closest`: the nearest candidates. Source: HNSW (TPAMI 2020), Algorithm 3.

#include <array>

#include "heuristics/concepts.h"

namespace skerry::heuristics {

struct Closest {
  static constexpr std::string_view name = "closest";
  static constexpr std::string_view description = "the nearest candidates (HNSW Alg. 3)";
  static constexpr std::array<Parameter, 0> parameters{};

  Closest() = default;

  explicit Closest(const Arguments&) {}

  void select(std::span<const Neighbor> pool, std::size_t max_links, bool /*forward*/,
              Surroundings auto& /*around*/, std::vector<Neighbor>& selected) const {
    const std::size_t count = std::min(max_links, pool.size());
    selected.assign(pool.begin(), pool.begin() + static_cast<std::ptrdiff_t>(count));
  }
};

}  // namespace skerry::heuristics
