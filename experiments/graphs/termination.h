#pragma once
// When a search of level 0 stops, as far as a replay can tell.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/types.h"
#include "graph/beam.h"

namespace skerry::experiments {

/// What a rule sees before the next node of level 0 is expanded.
struct SearchState {
  const graph::Beam& beam;
  std::size_t k;
  std::uint64_t distances;  ///< so far, all levels
  std::uint64_t stale;      ///< expansions of level 0 since the k nearest last changed
};

/// A parsed rule. All of them stop, too, when the beam has nothing left to expand ("ef").
///
///   ef                     nothing else
///   distances(n)           n distances or more have been computed
///   patience(p)            p expansions in a row left the k nearest as they were
///   distance_ratio(gamma)  the next candidate is more than 1 + gamma times as far as the k-th
///                          nearest, in the metric itself (Al-Jazzazi et al., "Distance Adaptive
///                          Beam Search", 2025)
class Termination {
 public:
  /// Throws Error{invalid_argument}: an unknown name, a parameter out of range.
  static Termination parse(std::string_view spec);

  /// Throws Error{invalid_argument} when the rule has no meaning under the metric: ratios of
  /// distances that can be negative. `power` is Metric::power.
  void bind(std::string_view metric, bool non_negative, int power);

  const std::string& spec() const noexcept { return spec_; }

  /// `next` is the distance of the candidate that would be expanded.
  bool stops(const SearchState& state, float next) const noexcept;

 private:
  enum class Kind { ef, distances, patience, distance_ratio };

  std::string spec_;
  Kind kind_ = Kind::ef;
  std::uint64_t limit_ = 0;
  double gamma_ = 0;
  double factor_ = 1;  // (1 + gamma)^power
};

}  // namespace skerry::experiments
