#include "experiments/statistics/verdict.h"

#include <cmath>

namespace skerry::experiments {

std::string_view name(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::better: return "better";
    case Verdict::worse: return "worse";
    case Verdict::equivalent: return "equivalent";
    case Verdict::unresolved: break;
  }
  return "unresolved";
}

bool within_noise(const Evidence& evidence) noexcept {
  return evidence.noise && std::abs(evidence.effect) <= *evidence.noise;
}

Verdict judge(const Evidence& evidence) noexcept {
  if (!evidence.interval) return Verdict::unresolved;
  const auto [low, high] = *evidence.interval;
  const bool hidden = within_noise(evidence);
  if (-evidence.margin <= low && high <= evidence.margin) {
    return hidden && *evidence.noise > evidence.margin ? Verdict::unresolved : Verdict::equivalent;
  }
  if (hidden || (low <= 0 && 0 <= high)) return Verdict::unresolved;
  if (evidence.p && *evidence.p > 1 - confidence) return Verdict::unresolved;
  return (low > 0) == evidence.larger_is_better ? Verdict::better : Verdict::worse;
}

}  // namespace skerry::experiments
