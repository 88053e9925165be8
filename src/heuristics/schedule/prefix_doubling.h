#pragma once
// `prefix_doubling`: batches that grow with what was inserted. Source: ParlayANN (PPoPP 2024),
// sec. 3.

#include <algorithm>
#include <array>

#include "heuristics/schedule/schedule.h"

namespace skerry::heuristics {

struct PrefixDoubling {
  static constexpr std::string_view name = "prefix_doubling";
  static constexpr std::string_view description =
      "batches of 1, 1, 2, 4, ... up to a share of the index";
  static constexpr std::array<Parameter, 1> parameters{
      {{"cap", "real", "0.02", "largest batch as a share of the index, 0..1"}}};

  double cap = 0.02;

  PrefixDoubling() = default;

  explicit PrefixDoubling(const Arguments& arguments) : cap(arguments.real("cap", 0, 1)) {}

  std::size_t batch(std::size_t inserted, std::size_t total) const {
    const auto largest = static_cast<std::size_t>(cap * static_cast<double>(total));
    return std::max<std::size_t>(1, std::min(inserted, largest));
  }
};

}  // namespace skerry::heuristics
