#pragma once
// `robust_prune`: Vamana's rule. Source: DiskANN (NeurIPS 2019), Algorithm 2, in the order of
// HNSW's Algorithm 4: candidates nearest first, each held against those kept before it.

#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "heuristics/concepts.h"

namespace skerry::heuristics {

/// Drops a candidate c when alpha * d(k, c) <= d(target, c) for some kept k. A larger alpha keeps
/// more and longer links; below 1 it keeps fewer. Ties drop, so of equal points one is kept. With
/// passes = 2 a first pass uses alpha = 1 and a second one fills what room is left with alpha,
/// holding candidates against all kept ones that are nearer to the target than themselves (the
/// rounds of DiskANN's prune.rs and of SVS's progressive strategy). That needs alpha >= 1: a
/// smaller one would find nothing to add.
struct RobustPrune {
  static constexpr std::string_view name = "robust_prune";
  static constexpr std::string_view description = "RobustPrune of Vamana (DiskANN Alg. 2)";
  static constexpr std::array<Parameter, 3> parameters{{
      {"alpha", "real", "1.2", "slack, 0.5..10; 1 is HNSW's rule but for ties"},
      {"passes", "int", "1", "1, or 2: first with alpha = 1, then with alpha"},
      {"scale", "word", "stored", "what alpha multiplies: `stored` (metric^p) or `metric`"},
  }};

  double alpha = 1.2;
  int passes = 1;
  bool scale_metric = false;
  int power = 1;  ///< of the metric (stored = metric^power); set by bind() in registry.h

  RobustPrune() = default;

  explicit RobustPrune(const Arguments& arguments)
      : alpha(arguments.real("alpha", 0.5, 10)),
        passes(static_cast<int>(arguments.integer("passes", 1, 2))),
        scale_metric(arguments.is("scale", "metric")) {
    if (!scale_metric && !arguments.is("scale", "stored")) {
      throw Error(Code::invalid_argument, "`robust_prune`: parameter `scale` is `" +
                                              arguments.word("scale") +
                                              "`; it must be stored or metric");
    }
    if (passes == 2 && alpha < 1) {
      throw Error(Code::invalid_argument, "`robust_prune`: parameter `alpha` is `" +
                                              arguments.word("alpha") +
                                              "`; with passes=2 it must be at least 1");
    }
  }

  /// What alpha comes to on stored distances.
  float factor() const noexcept {
    return static_cast<float>(scale_metric ? std::pow(alpha, power) : alpha);
  }

  void select(std::span<const Neighbor> pool, std::size_t max_links, bool /*forward*/,
              Surroundings auto& around, std::vector<Neighbor>& selected) const {
    selected.clear();
    std::vector<Slot> kept;
    for (int pass = 1; pass <= passes; ++pass) {
      const float slack = pass < passes ? 1.0F : factor();
      std::vector<Neighbor> before;
      before.swap(selected);
      std::size_t known = 0;
      kept.clear();
      for (const Neighbor& candidate : pool) {
        const bool was_kept = known < before.size() && before[known] == candidate;
        if (was_kept) {
          ++known;
        } else if (selected.size() + (before.size() - known) == max_links ||
                   around.occluded(candidate.slot, kept, above(candidate.distance / slack))) {
          continue;
        }
        kept.push_back(candidate.slot);
        selected.push_back(candidate);
      }
    }
  }

 private:
  /// occluded() asks for d < bound; the rule says d <= bound.
  static float above(float bound) noexcept {
    return std::nextafter(bound, std::numeric_limits<float>::infinity());
  }
};

}  // namespace skerry::heuristics
