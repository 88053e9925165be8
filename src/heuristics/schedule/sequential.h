#pragma once
// `sequential`: one item at a time, as the paper inserts. The reference for every other schedule.

#include <array>

#include "heuristics/schedule/schedule.h"

namespace skerry::heuristics {

struct Sequential {
  static constexpr std::string_view name = "sequential";
  static constexpr std::string_view description = "one item at a time, as the paper inserts";
  static constexpr std::array<Parameter, 0> parameters{};

  Sequential() = default;

  explicit Sequential(const Arguments&) {}

  std::size_t batch(std::size_t, std::size_t) const { return 1; }
};

}  // namespace skerry::heuristics
