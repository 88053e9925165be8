#pragma once
// How far apart two measurements of the same thing are.

#include <cstddef>
#include <optional>

#include "experiments/report/results_input.h"

namespace skerry::experiments {

struct NoiseFloor {
  std::size_t pairs = 0;
  double qps_median = 1;      ///< of the pairs' ratios, larger over smaller: 1 or more
  double qps_max = 1;         ///< a ratio of queries per second below this proves nothing
  std::size_t differing = 0;  ///< pairs whose recall or distances differ, which must never be
};

/// Compares the repeats of noise.jsonl with their points; nothing when there are none.
std::optional<NoiseFloor> noise_floor(const ResultsInput& input);

}  // namespace skerry::experiments
