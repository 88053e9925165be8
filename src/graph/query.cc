#include "graph/query.h"

#include <array>

namespace skerry::graph {

std::string_view name(Way way) noexcept {
  constexpr std::array<std::string_view, 4> names = {"automatic", "walk", "two_hop", "scan"};
  return names[static_cast<std::size_t>(way)];
}

std::string_view name(ScanReason reason) noexcept {
  constexpr std::array<std::string_view, 6> names = {"none",        "asked",   "few_items",
                                                     "small_share", "cheaper", "stalled"};
  return names[static_cast<std::size_t>(reason)];
}

std::string_view name(Stopped stopped) noexcept {
  constexpr std::array<std::string_view, 4> names = {"no", "cancelled", "time", "distances"};
  return names[static_cast<std::size_t>(stopped)];
}

}  // namespace skerry::graph
