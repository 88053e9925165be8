#pragma once
// What an interval says when differences within a margin do not matter.

#include <optional>
#include <string_view>

#include "experiments/statistics/interval.h"

namespace skerry::experiments {

enum class Verdict {
  better,      ///< B is better than A
  worse,       ///< B is worse than A
  equivalent,  ///< whatever the difference is, it lies within the margin
  unresolved,  ///< the data do not say
};

std::string_view name(Verdict verdict) noexcept;

/// What is known of a difference B - A, or of a log ratio log(B / A).
struct Evidence {
  double effect = 0;
  std::optional<Interval> interval{};
  std::optional<double> p{};      ///< of "no difference", adjusted
  std::optional<double> noise{};  ///< two measurements of one thing differ by as much
  double margin = 0;              ///< on the same scale, >= 0
  bool larger_is_better = true;
};

/// Whether the effect is no larger than what repeating the measurement gives.
bool within_noise(const Evidence& evidence) noexcept;

/// equivalent: the interval lies within the margin, and so does the noise that the effect hides in.
/// better, worse: the interval excludes 0, p (if there is one) is at most 0.05, and the effect is
/// above the noise. unresolved: all else, and whatever has no interval.
Verdict judge(const Evidence& evidence) noexcept;

}  // namespace skerry::experiments
