#pragma once
// Work that Ctrl-C stops without harm.

#include <functional>
#include <string_view>

#include "base/progress.h"

namespace skerry::experiments {

/// Runs `work` with a progress that shows a line on a terminal. The first SIGINT or SIGTERM asks it
/// to stop at its next safe point, with nothing changed; then this says so and returns 128 plus the
/// signal. A second one ends the process. Returns 0 otherwise, and passes on what `work` throws.
int interruptible(const std::function<void(const Progress& progress)>& work);

}  // namespace skerry::experiments
